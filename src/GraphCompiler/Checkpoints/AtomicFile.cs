using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Replaces a file as a whole: writes a temporary file in the same folder, flushes it to the disk, and renames it over
/// the old one, which the file system does in one step. Whatever fails or whenever the power goes, the name stands for
/// the old file or for the whole new one.
/// </summary>
/// <remarks>
/// A process that is killed leaves its temporary file. The next write of the same file removes it: as long as a writer lives it
/// has its temporary file open and shared with no other, so a file of such a name that can be opened for oneself alone has
/// lost its writer.
/// </remarks>
internal static class AtomicFile
{
    const string Extension = ".tmp";

    const int DigitsOfNumber = 16, MostAttempts = 8;

    public static void Write(string path, Action<SafeFileHandle> write)
    {
        string target = Path.GetFullPath(path);
        RegularFile.RequireReplaceable(target);
        RemoveAbandoned(target);
        SafeFileHandle handle = Create(target, out string temporary);
        try
        {
            using (handle)
            {
                write(handle);
                RandomAccess.FlushToDisk(handle);
                // Before it is closed, so that nobody takes it for abandoned.
                File.Move(temporary, target, overwrite: true);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Another writer may look at a file in the moment between its creation and its lock, and take it for abandoned. Then the lock is refused, or
    /// is one on a file that is gone; a file that is still there when it is locked stays.
    /// </summary>
    static SafeFileHandle Create(string target, out string temporary)
    {
        for (int attempt = 1; ; attempt++)
        {
            temporary = $"{target}.{RandomNumberGenerator.GetHexString(DigitsOfNumber, lowercase: true)}{Extension}";
            try
            {
                // To be deleted and renamed is all that others may do to it; on Unix this is a shared lock.
                SafeFileHandle handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
                if (File.Exists(temporary))
                    return handle;
                handle.Dispose();
            }
            catch (IOException) when (attempt < MostAttempts && Directory.Exists(Path.GetDirectoryName(target)))
            {
            }
        }
    }

    static void RemoveAbandoned(string target)
    {
        try
        {
            string prefix = Path.GetFileName(target) + ".";
            foreach (FileInfo file in new DirectoryInfo(Path.GetDirectoryName(target)!).EnumerateFiles())
            {
                if (IsTemporary(file.Name, prefix))
                    RemoveIfAbandoned(file.FullName);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that may not be listed can still be written to.
        }
    }

    static bool IsTemporary(string name, string prefix)
        => name.Length == prefix.Length + DigitsOfNumber + Extension.Length
            && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(prefix.Length, DigitsOfNumber), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    static void RemoveIfAbandoned(string temporary)
    {
        try
        {
            using SafeFileHandle own = File.OpenHandle(
                temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its writer lives, has just renamed it, or was somebody else.
        }
    }
}
