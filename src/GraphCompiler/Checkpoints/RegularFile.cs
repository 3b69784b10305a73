using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Opens files that may be anything. To open a pipe that nobody writes to would wait for ever, and a device gives what it likes, so nothing
/// is opened whose length is zero: such a file holds nothing, and for the file system pipes and devices are files of length zero.
/// </summary>
internal static class RegularFile
{
    /// <summary>What to say of a path that <see cref="OpenForReading"/> does not open.</summary>
    public const string NothingToRead = "it is empty, or it is a pipe or a device";

    /// <summary>Where Unix has its devices, some of which look like empty files.</summary>
    const string DeviceFolder = "/dev";

    /// <summary>Opens a file, or returns null where there is nothing to read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its length.</param>
    /// <exception cref="IOException">There is no such file, it is a directory, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle? OpenForReading(string path, out long length)
    {
        length = 0;
        if (IsEmpty(path))
            return null;
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            length = RandomAccess.GetLength(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether a path stands for something, but not for a file with something in it.</summary>
    /// <exception cref="IOException">It stands for a directory.</exception>
    public static bool IsEmpty(string path)
    {
        RefuseDirectory(path);
        FileInfo file = new(path);
        return file.Exists && file.Length == 0;
    }

    /// <summary>Refuses to replace what is no file: the new file would stand in the place of the directory or the pipe.</summary>
    /// <exception cref="IOException">The path stands for a directory or a pipe.</exception>
    public static void RequireReplaceable(string path)
    {
        if (IsEmpty(path) && (IsPipe(path) || Path.GetDirectoryName(Path.GetFullPath(path)) == DeviceFolder))
            throw new IOException($"'{path}' is a pipe or a device, and no file that could be replaced.");
    }

    /// <summary>Whether something of length zero is a pipe, as far as that can be told.</summary>
    public static bool IsPipe(string path)
    {
        try
        {
            // Open for both, a pipe makes nobody wait, and tells that it has no length.
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            RandomAccess.GetLength(handle);
            return false;
        }
        catch (NotSupportedException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    static void RefuseDirectory(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a directory, not a file.");
    }
}
