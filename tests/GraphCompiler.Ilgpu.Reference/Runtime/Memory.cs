using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Reference;

namespace ILGPU
{
    /// <summary>How elements follow each other.</summary>
    public static class Stride1D
    {
        /// <summary>Without gaps.</summary>
        public readonly struct Dense;
    }
}

namespace ILGPU.Runtime
{
    /// <summary>Memory of a device.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TStride">How they follow each other.</typeparam>
    public sealed unsafe class MemoryBuffer1D<T, TStride> : IDisposable
        where T : unmanaged
        where TStride : struct
    {
        readonly NativeBlock block;

        internal MemoryBuffer1D(long length)
        {
            block = new NativeBlock(checked(length * sizeof(T)), isBuffer: true);
            Length = length;
        }

        /// <summary>The number of elements.</summary>
        public long Length { get; }

        /// <summary>All of it.</summary>
        public ArrayView<T> AsContiguous() => new(block, 0, Length);

        /// <summary>Frees the memory.</summary>
        public void Dispose() => block.Dispose();
    }

    /// <summary>Copies between the host and devices.</summary>
    public static unsafe class ArrayViewExtensions
    {
        /// <summary>Copies to the device.</summary>
        public static void CopyFromCPU<T, TView>(this TView target, AcceleratorStream stream, ref T cpuData, long length)
            where TView : IContiguousArrayView<T>
            where T : unmanaged
        {
            var view = (ArrayView<T>)(object)target;
            Check(view.Length, length);
            fixed (T* source = &cpuData)
                Buffer.MemoryCopy(source, view.Pointer, view.Length * sizeof(T), length * sizeof(T));
        }

        /// <summary>Copies from the device, and waits for it.</summary>
        public static void CopyToCPU<T, TView>(this TView source, AcceleratorStream stream, ref T cpuData, long length)
            where TView : IContiguousArrayView<T>
            where T : unmanaged
        {
            var view = (ArrayView<T>)(object)source;
            Check(view.Length, length);
            fixed (T* target = &cpuData)
                Buffer.MemoryCopy(view.Pointer, target, length * sizeof(T), length * sizeof(T));
        }

        /// <summary>Copies within the device.</summary>
        public static void CopyTo<TView>(this TView source, AcceleratorStream stream, in TView target)
            where TView : IContiguousArrayView
        {
            Check(target.LengthInBytes, source.LengthInBytes);
            Buffer.MemoryCopy((void*)source.Address, (void*)target.Address, target.LengthInBytes, source.LengthInBytes);
        }

        /// <summary>Sets all bytes to zero.</summary>
        public static void MemSetToZero<TView>(this TView view, AcceleratorStream stream)
            where TView : IContiguousArrayView
        {
            Accelerator.ThrowIfLost();
            NativeMemory.Clear((void*)view.Address, (nuint)view.LengthInBytes);
        }

        /// <summary>The address of the first element on the device.</summary>
        public static nint LoadEffectiveAddressAsPtr<T>(this ArrayView<T> view)
            where T : unmanaged
            => (nint)view.Pointer;

        /// <summary>The view, of which the caller knows that it begins at a multiple of some bytes.</summary>
        public static ArrayView<T> AsAligned<T>(this ArrayView<T> view, int alignmentInBytes)
            where T : unmanaged
            => view;

        static void Check(long held, long copied)
        {
            Accelerator.ThrowIfLost();
            if (copied < 0 || copied > held)
                throw new KernelFault($"{copied} elements are copied to or from a view of {held}.");
        }
    }
}
