using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Replaces a file as a whole: writes a temporary file in the same folder, flushes it to the disk, and renames it over
/// the old one, which the file system does in one step. Whatever fails or whenever the power goes, the name stands for
/// the old file or for the whole new one.
/// </summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<SafeFileHandle> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Path.GetRandomFileName()}.tmp";
        SafeFileHandle handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            using (handle)
            {
                write(handle);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
