namespace GraphCompiler.Emitted.Digits_DigitClassifier.Devices
{
    using global::System;
    using global::System.ComponentModel;
    using global::GraphCompiler.Ilgpu;
    using global::GraphCompiler.Kernels.Ilgpu;
    using global::ILGPU;
    using global::ILGPU.Runtime;

    /// <summary><c>Logits</c> on a device: 3 kernels.</summary>
    internal sealed class LogitsProgram : global::GraphCompiler.Ilgpu.DeviceProgram
    {
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments> matMul_Add_Relu_32x16x784 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments> matMul_Add_Relu_32x16x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_32x10x16_Arguments> matMul_Add_32x10x16 = null!;

        public LogitsProgram(DeviceModel device)
            : base(device, memoryBytes: 105856, inputsAt: 4096, resultsAt: 104576, gradientsAt: 105856, numberAt: -1)
        {
        }

        /// <inheritdoc/>
        protected override void LoadKernels()
        {
            matMul_Add_Relu_32x16x784 = Load<DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x784);
            matMul_Add_Relu_32x16x16 = Load<DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x16);
            matMul_Add_32x10x16 = Load<DeviceKernels.MatMul_Add_32x10x16_Arguments>(DeviceKernels.MatMul_Add_32x10x16);
        }

        /// <summary>Takes over the caller's tensors for the next run.</summary>
        public void Bind(ReadOnlySpan<float> pixels)
        {
            Begin();
            Upload(4224, pixels);
        }

        /// <summary>Waits for the results and copies them to the caller.</summary>
        public void Read(Span<float> result)
        {
            QueueDownload(104576, result);
            Download(104576, result);
        }

        /// <inheritdoc/>
        protected override void Enqueue()
        {
            // Relu(hidden1.Forward(pixels)), with hidden1.weight, hidden1.bias
            Launch(matMul_Add_Relu_32x16x784, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { pixels = Memory(4224, 25088), weight = Weights(0, 12544), bias = Weights(50176, 16), result = Memory(0, 512) });
            // Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))), with hidden2.weight, hidden2.bias
            Launch(matMul_Add_Relu_32x16x16, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(0, 512), weight = Weights(50240, 256), bias = Weights(51264, 16), result = Memory(2048, 512) });
            // output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))), with output.weight, output.bias
            Launch(matMul_Add_32x10x16, Tiles(1, 32, 10, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(2048, 512), weight = Weights(51328, 160), bias = Weights(51968, 10), result = Memory(104576, 320) });
        }
    }

    /// <summary><c>Loss</c> on a device: 5 kernels.</summary>
    internal sealed class LossProgram : global::GraphCompiler.Ilgpu.DeviceProgram
    {
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments> matMul_Add_Relu_32x16x784 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments> matMul_Add_Relu_32x16x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_32x10x16_Arguments> matMul_32x10x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.RowMax_Exp_RowSum_Log_32x10_Arguments> rowMax_Exp_RowSum_Log_32x10 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.RowMean_32_Arguments> rowMean_32 = null!;

        public LossProgram(DeviceModel device)
            : base(device, memoryBytes: 104704, inputsAt: 4096, resultsAt: 104704, gradientsAt: 104704, numberAt: 128)
        {
        }

        /// <inheritdoc/>
        protected override void LoadKernels()
        {
            matMul_Add_Relu_32x16x784 = Load<DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x784);
            matMul_Add_Relu_32x16x16 = Load<DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x16);
            matMul_32x10x16 = Load<DeviceKernels.MatMul_32x10x16_Arguments>(DeviceKernels.MatMul_32x10x16);
            rowMax_Exp_RowSum_Log_32x10 = UsesWarps
                ? Load<DeviceKernels.RowMax_Exp_RowSum_Log_32x10_Arguments>(DeviceKernels.RowMax_Exp_RowSum_Log_32x10<WarpReduction>)
                : Load<DeviceKernels.RowMax_Exp_RowSum_Log_32x10_Arguments>(DeviceKernels.RowMax_Exp_RowSum_Log_32x10<SharedReduction>);
            rowMean_32 = UsesWarps
                ? Load<DeviceKernels.RowMean_32_Arguments>(DeviceKernels.RowMean_32<WarpReduction>)
                : Load<DeviceKernels.RowMean_32_Arguments>(DeviceKernels.RowMean_32<SharedReduction>);
        }

        /// <summary>Takes over the caller's tensors for the next run.</summary>
        public void Bind(ReadOnlySpan<float> pixels, ReadOnlySpan<int> digits)
        {
            Begin();
            global::GraphCompiler.Emitted.Digits_DigitClassifier.LossProgram.PrepareIndices(digits, IndicesToSend(4224, 32));
            Upload(4352, pixels);
        }

        /// <inheritdoc/>
        protected override void Enqueue()
        {
            // Relu(hidden1.Forward(pixels)), with hidden1.weight, hidden1.bias
            Launch(matMul_Add_Relu_32x16x784, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { pixels = Memory(4352, 25088), weight = Weights(0, 12544), bias = Weights(50176, 16), result = Memory(2048, 512) });
            // Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))), with hidden2.weight, hidden2.bias
            Launch(matMul_Add_Relu_32x16x16, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(2048, 512), weight = Weights(50240, 256), bias = Weights(51264, 16), result = Memory(0, 512) });
            // output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))), with output.weight
            Launch(matMul_32x10x16, Tiles(1, 32, 10, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(0, 512), weight = Weights(51328, 160), result = Memory(2048, 320) });
            // CrossEntropy(Logits(pixels), digits) · output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))), with output.bias
            Launch(rowMax_Exp_RowSum_Log_32x10, ShortRows(32, 16), new()
                { operand = Memory(2048, 320), bias = Weights(51968, 10), digits = Integers(4224, 32), result = Memory(0, 32) });
            // CrossEntropy(Logits(pixels), digits)
            Launch(rowMean_32, ShortRows(1, 8), new()
                { operand = Memory(0, 32), result = Memory(128, 1) });
        }
    }

    /// <summary><c>Loss</c> and its gradients on a device: 13 kernels.</summary>
    internal sealed class LossTrainingProgram : global::GraphCompiler.Ilgpu.DeviceProgram
    {
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments> matMul_Add_Relu_32x16x784 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments> matMul_Add_Relu_32x16x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_32x10x16_Arguments> matMul_32x10x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.RowMax_Exp_RowSum_Log_32x10_2_Arguments> rowMax_Exp_RowSum_Log_32x10_2 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.RowMean_32_Arguments> rowMean_32 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.ColumnSum_32x10_Arguments> columnSum_32x10 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_10x16x32_Arguments> matMul_10x16x32 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Greater_Select_32x16x10_Arguments> matMul_Greater_Select_32x16x10 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.ColumnSum_32x16_Arguments> columnSum_32x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_16x16x32_Arguments> matMul_16x16x32 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_Greater_Select_32x16x16_Arguments> matMul_Greater_Select_32x16x16 = null!;
        Action<AcceleratorStream, KernelConfig, DeviceKernels.MatMul_16x784x32_Arguments> matMul_16x784x32 = null!;

        public LossTrainingProgram(DeviceModel device)
            : base(device, memoryBytes: 159488, inputsAt: 6784, resultsAt: 107392, gradientsAt: 107392, numberAt: 5504, isTraining: true)
        {
        }

        /// <inheritdoc/>
        protected override void LoadKernels()
        {
            matMul_Add_Relu_32x16x784 = Load<DeviceKernels.MatMul_Add_Relu_32x16x784_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x784);
            matMul_Add_Relu_32x16x16 = Load<DeviceKernels.MatMul_Add_Relu_32x16x16_Arguments>(DeviceKernels.MatMul_Add_Relu_32x16x16);
            matMul_32x10x16 = Load<DeviceKernels.MatMul_32x10x16_Arguments>(DeviceKernels.MatMul_32x10x16);
            rowMax_Exp_RowSum_Log_32x10_2 = UsesWarps
                ? Load<DeviceKernels.RowMax_Exp_RowSum_Log_32x10_2_Arguments>(DeviceKernels.RowMax_Exp_RowSum_Log_32x10_2<WarpReduction>)
                : Load<DeviceKernels.RowMax_Exp_RowSum_Log_32x10_2_Arguments>(DeviceKernels.RowMax_Exp_RowSum_Log_32x10_2<SharedReduction>);
            rowMean_32 = UsesWarps
                ? Load<DeviceKernels.RowMean_32_Arguments>(DeviceKernels.RowMean_32<WarpReduction>)
                : Load<DeviceKernels.RowMean_32_Arguments>(DeviceKernels.RowMean_32<SharedReduction>);
            columnSum_32x10 = Load<DeviceKernels.ColumnSum_32x10_Arguments>(DeviceKernels.ColumnSum_32x10);
            matMul_10x16x32 = Load<DeviceKernels.MatMul_10x16x32_Arguments>(DeviceKernels.MatMul_10x16x32);
            matMul_Greater_Select_32x16x10 = Load<DeviceKernels.MatMul_Greater_Select_32x16x10_Arguments>(DeviceKernels.MatMul_Greater_Select_32x16x10);
            columnSum_32x16 = Load<DeviceKernels.ColumnSum_32x16_Arguments>(DeviceKernels.ColumnSum_32x16);
            matMul_16x16x32 = Load<DeviceKernels.MatMul_16x16x32_Arguments>(DeviceKernels.MatMul_16x16x32);
            matMul_Greater_Select_32x16x16 = Load<DeviceKernels.MatMul_Greater_Select_32x16x16_Arguments>(DeviceKernels.MatMul_Greater_Select_32x16x16);
            matMul_16x784x32 = Load<DeviceKernels.MatMul_16x784x32_Arguments>(DeviceKernels.MatMul_16x784x32);
        }

        /// <summary>Takes over the caller's tensors for the next run.</summary>
        public void Bind(ReadOnlySpan<float> pixels, ReadOnlySpan<int> digits)
        {
            Begin();
            global::GraphCompiler.Emitted.Digits_DigitClassifier.LossTrainingProgram.PrepareIndices(digits, IndicesToSend(6912, 32));
            Upload(7040, pixels);
        }

        /// <inheritdoc/>
        protected override void Enqueue()
        {
            // Relu(hidden1.Forward(pixels)), with hidden1.weight, hidden1.bias
            Launch(matMul_Add_Relu_32x16x784, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { pixels = Memory(7040, 25088), weight = Weights(0, 12544), bias = Weights(50176, 16), result = Memory(0, 512) });
            // Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))), with hidden2.weight, hidden2.bias
            Launch(matMul_Add_Relu_32x16x16, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(0, 512), weight = Weights(50240, 256), bias = Weights(51264, 16), result = Memory(2048, 512) });
            // output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))), with output.weight
            Launch(matMul_32x10x16, Tiles(1, 32, 10, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(2048, 512), weight = Weights(51328, 160), result = Memory(5504, 320) });
            // backward of CrossEntropy(Logits(pixels), digits) · output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))), with output.bias
            Launch(rowMax_Exp_RowSum_Log_32x10_2, ShortRows(32, 16), new()
                { operand = Memory(5504, 320), bias = Weights(51968, 10), digits = Integers(6912, 32), multiplyResult = Memory(4224, 320), addResult = Memory(4096, 32) });
            // CrossEntropy(Logits(pixels), digits)
            Launch(rowMean_32, ShortRows(1, 8), new()
                { operand = Memory(4096, 32), result = Memory(5504, 1) });
            // gradient of output.bias
            Launch(columnSum_32x10, Columns(1, 10, 16, 16), new()
                { operand = Memory(4224, 320), result = Memory(159360, 10) });
            // gradient of output.weight
            Launch(matMul_10x16x32, Tiles(1, 10, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(4224, 320), operand2 = Memory(2048, 512), result = Memory(158720, 160) });
            // backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) · backward of output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pix…
            Launch(matMul_Greater_Select_32x16x10, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(4224, 320), weight = Weights(51328, 160), operand2 = Memory(2048, 512), result = Memory(2048, 512) });
            // gradient of hidden2.bias
            Launch(columnSum_32x16, Columns(1, 4, 4, 32), new()
                { operand = Memory(2048, 512), result = Memory(158656, 16) });
            // gradient of hidden2.weight
            Launch(matMul_16x16x32, Tiles(1, 16, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(2048, 512), operand2 = Memory(0, 512), result = Memory(157632, 256) });
            // backward of Relu(hidden1.Forward(pixels)) · backward of hidden2.Forward(Relu(hidden1.Forward(pixels))), with hidden2.weight
            Launch(matMul_Greater_Select_32x16x16, Tiles(1, 32, 16, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(2048, 512), weight = Weights(50240, 256), operand2 = Memory(0, 512), result = Memory(0, 512) });
            // gradient of hidden1.bias
            Launch(columnSum_32x16, Columns(1, 4, 4, 32), new()
                { operand = Memory(0, 512), result = Memory(157568, 16) });
            // gradient of hidden1.weight
            Launch(matMul_16x784x32, Tiles(1, 16, 784, SmallProduct.Tile, SmallProduct.Threads), new()
                { operand = Memory(0, 512), pixels = Memory(7040, 25088), result = Memory(107392, 12544) });
        }
    }

    /// <summary>The fused kernels, a method a kernel and a struct for what its launches pass. Public, because ILGPU's launchers must see them.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static class DeviceKernels
    {
        public struct MatMul_Add_Relu_32x16x784_Arguments
        {
            public ArrayView<float> pixels;
            public ArrayView<float> weight;
            public ArrayView<float> bias;
            public ArrayView<float> result;
        }

        // Relu(hidden1.Forward(pixels)) → [32, 16]
        //   pixels: input [32, 784]
        //   weight: hidden1.weight [16, 784]
        //   bias: hidden1.bias [16]
        //   result: Relu [32, 16]
        public static void MatMul_Add_Relu_32x16x784(MatMul_Add_Relu_32x16x784_Arguments arguments)
        {
            var pixels = arguments.pixels;
            var weight = arguments.weight;
            var bias = arguments.bias;
            var result = arguments.result;
            SmallProduct.Multiply(32, 16, 784,
                new MatMul_Add_Relu_32x16x784_Left { pixels = pixels },
                new MatMul_Add_Relu_32x16x784_Right { weight = weight },
                new MatMul_Add_Relu_32x16x784_Epilogue { bias = bias, result = result });
        }

        public struct MatMul_Add_Relu_32x16x784_Left : IProductOperand
        {
            public ArrayView<float> pixels;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return pixels[row * 784 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(pixels, row * 784 + column);
            }
        }

        public struct MatMul_Add_Relu_32x16x784_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return weight[column * 784 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, column * 784 + row);
            }
        }

        public struct MatMul_Add_Relu_32x16x784_Epilogue : IProductEpilogue
        {
            public ArrayView<float> bias;
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                float add = sum + bias[column];
                float relu = DeviceMath.Relu(add);
                result[row * 16 + column] = relu;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                Four add = sums + Four.Load(bias, column);
                Four relu = DeviceMath.Relu(add);
                Four.Store(result, row * 16 + column, relu);
            }
        }

        public struct MatMul_Add_Relu_32x16x16_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> weight;
            public ArrayView<float> bias;
            public ArrayView<float> result;
        }

        // Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) → [32, 16]
        //   operand: Relu in Relu(hidden1.Forward(pixels)) [32, 16]
        //   weight: hidden2.weight [16, 16]
        //   bias: hidden2.bias [16]
        //   result: Relu [32, 16]
        public static void MatMul_Add_Relu_32x16x16(MatMul_Add_Relu_32x16x16_Arguments arguments)
        {
            var operand = arguments.operand;
            var weight = arguments.weight;
            var bias = arguments.bias;
            var result = arguments.result;
            SmallProduct.Multiply(32, 16, 16,
                new MatMul_Add_Relu_32x16x16_Left { operand = operand },
                new MatMul_Add_Relu_32x16x16_Right { weight = weight },
                new MatMul_Add_Relu_32x16x16_Epilogue { bias = bias, result = result });
        }

        public struct MatMul_Add_Relu_32x16x16_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_Add_Relu_32x16x16_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return weight[column * 16 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, column * 16 + row);
            }
        }

        public struct MatMul_Add_Relu_32x16x16_Epilogue : IProductEpilogue
        {
            public ArrayView<float> bias;
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                float add = sum + bias[column];
                float relu = DeviceMath.Relu(add);
                result[row * 16 + column] = relu;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                Four add = sums + Four.Load(bias, column);
                Four relu = DeviceMath.Relu(add);
                Four.Store(result, row * 16 + column, relu);
            }
        }

        public struct MatMul_Add_32x10x16_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> weight;
            public ArrayView<float> bias;
            public ArrayView<float> result;
        }

        // output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) → [32, 10]
        //   operand: Relu in Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   weight: output.weight [10, 16]
        //   bias: output.bias [10]
        //   result: the caller's result [32, 10]
        public static void MatMul_Add_32x10x16(MatMul_Add_32x10x16_Arguments arguments)
        {
            var operand = arguments.operand;
            var weight = arguments.weight;
            var bias = arguments.bias;
            var result = arguments.result;
            SmallProduct.Multiply(32, 10, 16,
                new MatMul_Add_32x10x16_Left { operand = operand },
                new MatMul_Add_32x10x16_Right { weight = weight },
                new MatMul_Add_32x10x16_Epilogue { bias = bias, result = result });
        }

        public struct MatMul_Add_32x10x16_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_Add_32x10x16_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return weight[column * 16 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, column * 16 + row);
            }
        }

        public struct MatMul_Add_32x10x16_Epilogue : IProductEpilogue
        {
            public ArrayView<float> bias;
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                float add = sum + bias[column];
                result[row * 10 + column] = add;
            }

            public readonly bool IsVector => false;

            public readonly void StoreFour(int item, int row, int column, Four sums) { }
        }

        public struct MatMul_32x10x16_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> weight;
            public ArrayView<float> result;
        }

        // output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) → [32, 10]
        //   operand: Relu in Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   weight: output.weight [10, 16]
        //   result: MatMul [32, 10]
        public static void MatMul_32x10x16(MatMul_32x10x16_Arguments arguments)
        {
            var operand = arguments.operand;
            var weight = arguments.weight;
            var result = arguments.result;
            SmallProduct.Multiply(32, 10, 16,
                new MatMul_32x10x16_Left { operand = operand },
                new MatMul_32x10x16_Right { weight = weight },
                new MatMul_32x10x16_Epilogue { result = result });
        }

        public struct MatMul_32x10x16_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_32x10x16_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return weight[column * 16 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, column * 16 + row);
            }
        }

        public struct MatMul_32x10x16_Epilogue : IProductEpilogue
        {
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                result[row * 10 + column] = sum;
            }

            public readonly bool IsVector => false;

            public readonly void StoreFour(int item, int row, int column, Four sums) { }
        }

        public struct RowMax_Exp_RowSum_Log_32x10_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> bias;
            public ArrayView<int> digits;
            public ArrayView<float> result;
        }

        // CrossEntropy(Logits(pixels), digits) · output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) → [32, 1]
        //   operand: MatMul in output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) [32, 10]
        //   bias: output.bias [10]
        //   digits: indices [32]
        //   result: Add in CrossEntropy(Logits(pixels), digits) [32, 1]
        public static void RowMax_Exp_RowSum_Log_32x10<TReduction>(RowMax_Exp_RowSum_Log_32x10_Arguments arguments)
            where TReduction : struct, IGroupReduction
        {
            var operand = arguments.operand;
            var bias = arguments.bias;
            var digits = arguments.digits;
            var result = arguments.result;
            var reduction = default(TReduction);
            var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
            int r = Grid.IdxX * (Group.DimX / 16) + Group.IdxX / 16, c = Group.IdxX % 16;
            bool isInside = r < 32 && c < 10;
            float add = (isInside ? operand[r * 10 + c] : 0f) + (isInside ? bias[c] : 0f);
            float max = reduction.Max(isInside ? add : float.NegativeInfinity, shared, 16);
            bool equal = c == (isInside ? digits[r] : 0);
            float select = equal ? add : 0f;
            float sum2 = reduction.Sum(isInside ? select : 0f, shared, 16);
            float subtract = max - sum2;
            float subtract2 = add - max;
            float exp = DeviceMath.Exp(subtract2);
            float sum3 = reduction.Sum(isInside ? exp : 0f, shared, 16);
            float log = DeviceMath.Log(sum3);
            float add2 = log + subtract;
            if (c == 0 && isInside)
            {
                result[r] = add2;
            }
        }

        public struct RowMean_32_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> result;
        }

        // CrossEntropy(Logits(pixels), digits) → [1]
        //   operand: Add [32, 1]
        //   result: ReduceMean [1]
        public static void RowMean_32<TReduction>(RowMean_32_Arguments arguments)
            where TReduction : struct, IGroupReduction
        {
            var operand = arguments.operand;
            var result = arguments.result;
            var reduction = default(TReduction);
            var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
            int r = Grid.IdxX * (Group.DimX / 8) + Group.IdxX / 8, c = 4 * (Group.IdxX % 8);
            bool isInside = r < 1;
            float origin = DeviceMath.Origin(reduction.Sum(c == 0 ? Four.Load(operand, c, isInside).X : 0f, shared, 8));
            Four share = (Four.Load(operand, c, isInside) * 0.5f - origin * 0.5f) * (1f / 32);
            float mean = DeviceMath.Mean(origin, reduction.Sum(isInside ? share.Sum() : 0f, shared, 8));
            if (c == 0 && isInside)
            {
                result[0] = mean;
            }
        }

        public struct RowMax_Exp_RowSum_Log_32x10_2_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> bias;
            public ArrayView<int> digits;
            public ArrayView<float> multiplyResult;
            public ArrayView<float> addResult;
        }

        // backward of CrossEntropy(Logits(pixels), digits) · output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) → [32, 1], [32, 10]
        //   operand: MatMul in output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) [32, 10]
        //   bias: output.bias [10]
        //   digits: indices [32]
        //   multiplyResult: Multiply in backward of CrossEntropy(Logits(pixels), digits) [32, 10]
        //   addResult: Add in CrossEntropy(Logits(pixels), digits) [32, 1]
        public static void RowMax_Exp_RowSum_Log_32x10_2<TReduction>(RowMax_Exp_RowSum_Log_32x10_2_Arguments arguments)
            where TReduction : struct, IGroupReduction
        {
            var operand = arguments.operand;
            var bias = arguments.bias;
            var digits = arguments.digits;
            var multiplyResult = arguments.multiplyResult;
            var addResult = arguments.addResult;
            var reduction = default(TReduction);
            var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);
            int r = Grid.IdxX * (Group.DimX / 16) + Group.IdxX / 16, c = Group.IdxX % 16;
            bool isInside = r < 32 && c < 10;
            float add = (isInside ? operand[r * 10 + c] : 0f) + (isInside ? bias[c] : 0f);
            float max = reduction.Max(isInside ? add : float.NegativeInfinity, shared, 16);
            bool equal = c == (isInside ? digits[r] : 0);
            float select = equal ? add : 0f;
            float sum2 = reduction.Sum(isInside ? select : 0f, shared, 16);
            float subtract = max - sum2;
            float subtract2 = add - max;
            float exp = DeviceMath.Exp(subtract2);
            float sum3 = reduction.Sum(isInside ? exp : 0f, shared, 16);
            float log = DeviceMath.Log(sum3);
            float add2 = log + subtract;
            float divide = 1f / sum3;
            float multiply = exp * divide;
            float cast = equal ? 1f : 0f;
            float subtract3 = multiply - cast;
            float multiply2 = subtract3 * 0.03125f;
            if (isInside)
                multiplyResult[r * 10 + c] = multiply2;
            if (c == 0 && isInside)
            {
                addResult[r] = add2;
            }
        }

        public struct ColumnSum_32x10_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> result;
        }

        // gradient of output.bias → [1, 10]
        //   operand: Multiply in backward of CrossEntropy(Logits(pixels), digits) [32, 10]
        //   result: gradient of output.bias [1, 10]
        public static void ColumnSum_32x10(ColumnSum_32x10_Arguments arguments)
        {
            var operand = arguments.operand;
            var result = arguments.result;
            const int tile = 16, slices = 16;
            var shared = SharedMemory.Allocate<float>(tile * slices);
            int c = Group.IdxX % tile, slice = Group.IdxX / tile;
            float total = 0f;
            if (c < 10)
            {
                for (int r = slice; r < 32; r += slices)
                {
                    total += operand[r * 10 + c];
                }
            }
            shared[Group.IdxX] = total;
            Group.Barrier();
            if (slice == 0 && c < 10)
            {
                for (int k = 1; k < slices; k++)
                    total += shared[k * tile + Group.IdxX];
                result[c] = total;
            }
        }

        public struct MatMul_10x16x32_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> operand2;
            public ArrayView<float> result;
        }

        // gradient of output.weight → [10, 16]
        //   operand: Multiply in backward of CrossEntropy(Logits(pixels), digits) [32, 10]
        //   operand2: Relu in Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   result: gradient of output.weight [10, 16]
        public static void MatMul_10x16x32(MatMul_10x16x32_Arguments arguments)
        {
            var operand = arguments.operand;
            var operand2 = arguments.operand2;
            var result = arguments.result;
            SmallProduct.Multiply(10, 16, 32,
                new MatMul_10x16x32_Left { operand = operand },
                new MatMul_10x16x32_Right { operand = operand2 },
                new MatMul_10x16x32_Epilogue { result = result });
        }

        public struct MatMul_10x16x32_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return operand[column * 10 + row];
            }

            public readonly bool IsVector => false;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return default;
            }
        }

        public struct MatMul_10x16x32_Right : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_10x16x32_Epilogue : IProductEpilogue
        {
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                result[row * 16 + column] = sum;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                Four.Store(result, row * 16 + column, sums);
            }
        }

        public struct MatMul_Greater_Select_32x16x10_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> weight;
            public ArrayView<float> operand2;
            public ArrayView<float> result;
        }

        // backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) · backward of output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels))))) → [32, 16]
        //   operand: Multiply in backward of CrossEntropy(Logits(pixels), digits) [32, 10]
        //   weight: output.weight [10, 16]
        //   operand2: Relu in Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   result: Select in backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        public static void MatMul_Greater_Select_32x16x10(MatMul_Greater_Select_32x16x10_Arguments arguments)
        {
            var operand = arguments.operand;
            var weight = arguments.weight;
            var operand2 = arguments.operand2;
            var result = arguments.result;
            SmallProduct.Multiply(32, 16, 10,
                new MatMul_Greater_Select_32x16x10_Left { operand = operand },
                new MatMul_Greater_Select_32x16x10_Right { weight = weight },
                new MatMul_Greater_Select_32x16x10_Epilogue { operand = operand2, result = result });
        }

        public struct MatMul_Greater_Select_32x16x10_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 10 + column];
            }

            public readonly bool IsVector => false;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return default;
            }
        }

        public struct MatMul_Greater_Select_32x16x10_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return weight[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, row * 16 + column);
            }
        }

        public struct MatMul_Greater_Select_32x16x10_Epilogue : IProductEpilogue
        {
            public ArrayView<float> operand;
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                bool greater = operand[row * 16 + column] > 0f;
                float select = greater ? sum : 0f;
                result[row * 16 + column] = select;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                FourFlags greater = Four.Load(operand, row * 16 + column) > 0f;
                Four select = Four.Select(greater, sums, 0f);
                Four.Store(result, row * 16 + column, select);
            }
        }

        public struct ColumnSum_32x16_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> result;
        }

        // gradient of hidden2.bias → [1, 16]
        //   operand: Select in backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   result: gradient of hidden2.bias [1, 16]
        public static void ColumnSum_32x16(ColumnSum_32x16_Arguments arguments)
        {
            var operand = arguments.operand;
            var result = arguments.result;
            const int tile = 4, slices = 32;
            var shared = SharedMemory.Allocate<Four>(tile * slices);
            int c = 4 * (Group.IdxX % tile), slice = Group.IdxX / tile;
            Four total = 0f;
            if (c < 16)
            {
                for (int r = slice; r < 32; r += slices)
                {
                    total += Four.Load(operand, r * 16 + c);
                }
            }
            shared[Group.IdxX] = total;
            Group.Barrier();
            if (slice == 0 && c < 16)
            {
                for (int k = 1; k < slices; k++)
                    total += shared[k * tile + Group.IdxX];
                Four.Store(result, c, total);
            }
        }

        public struct MatMul_16x16x32_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> operand2;
            public ArrayView<float> result;
        }

        // gradient of hidden2.weight → [16, 16]
        //   operand: Select in backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   operand2: Relu in Relu(hidden1.Forward(pixels)) [32, 16]
        //   result: gradient of hidden2.weight [16, 16]
        public static void MatMul_16x16x32(MatMul_16x16x32_Arguments arguments)
        {
            var operand = arguments.operand;
            var operand2 = arguments.operand2;
            var result = arguments.result;
            SmallProduct.Multiply(16, 16, 32,
                new MatMul_16x16x32_Left { operand = operand },
                new MatMul_16x16x32_Right { operand = operand2 },
                new MatMul_16x16x32_Epilogue { result = result });
        }

        public struct MatMul_16x16x32_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return operand[column * 16 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, column * 16 + row);
            }
        }

        public struct MatMul_16x16x32_Right : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_16x16x32_Epilogue : IProductEpilogue
        {
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                result[row * 16 + column] = sum;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                Four.Store(result, row * 16 + column, sums);
            }
        }

        public struct MatMul_Greater_Select_32x16x16_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> weight;
            public ArrayView<float> operand2;
            public ArrayView<float> result;
        }

        // backward of Relu(hidden1.Forward(pixels)) · backward of hidden2.Forward(Relu(hidden1.Forward(pixels))) → [32, 16]
        //   operand: Select in backward of Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))) [32, 16]
        //   weight: hidden2.weight [16, 16]
        //   operand2: Relu in Relu(hidden1.Forward(pixels)) [32, 16]
        //   result: Select in backward of Relu(hidden1.Forward(pixels)) [32, 16]
        public static void MatMul_Greater_Select_32x16x16(MatMul_Greater_Select_32x16x16_Arguments arguments)
        {
            var operand = arguments.operand;
            var weight = arguments.weight;
            var operand2 = arguments.operand2;
            var result = arguments.result;
            SmallProduct.Multiply(32, 16, 16,
                new MatMul_Greater_Select_32x16x16_Left { operand = operand },
                new MatMul_Greater_Select_32x16x16_Right { weight = weight },
                new MatMul_Greater_Select_32x16x16_Epilogue { operand = operand2, result = result });
        }

        public struct MatMul_Greater_Select_32x16x16_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return operand[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, row * 16 + column);
            }
        }

        public struct MatMul_Greater_Select_32x16x16_Right : IProductOperand
        {
            public ArrayView<float> weight;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return weight[row * 16 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(weight, row * 16 + column);
            }
        }

        public struct MatMul_Greater_Select_32x16x16_Epilogue : IProductEpilogue
        {
            public ArrayView<float> operand;
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                bool greater = operand[row * 16 + column] > 0f;
                float select = greater ? sum : 0f;
                result[row * 16 + column] = select;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                FourFlags greater = Four.Load(operand, row * 16 + column) > 0f;
                Four select = Four.Select(greater, sums, 0f);
                Four.Store(result, row * 16 + column, select);
            }
        }

        public struct MatMul_16x784x32_Arguments
        {
            public ArrayView<float> operand;
            public ArrayView<float> pixels;
            public ArrayView<float> result;
        }

        // gradient of hidden1.weight → [16, 784]
        //   operand: Select in backward of Relu(hidden1.Forward(pixels)) [32, 16]
        //   pixels: input [32, 784]
        //   result: gradient of hidden1.weight [16, 784]
        public static void MatMul_16x784x32(MatMul_16x784x32_Arguments arguments)
        {
            var operand = arguments.operand;
            var pixels = arguments.pixels;
            var result = arguments.result;
            SmallProduct.Multiply(16, 784, 32,
                new MatMul_16x784x32_Left { operand = operand },
                new MatMul_16x784x32_Right { pixels = pixels },
                new MatMul_16x784x32_Epilogue { result = result });
        }

        public struct MatMul_16x784x32_Left : IProductOperand
        {
            public ArrayView<float> operand;

            public readonly bool IsRowMajor => false;

            public readonly float Load(int item, int row, int column)
            {
                return operand[column * 16 + row];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(operand, column * 16 + row);
            }
        }

        public struct MatMul_16x784x32_Right : IProductOperand
        {
            public ArrayView<float> pixels;

            public readonly bool IsRowMajor => true;

            public readonly float Load(int item, int row, int column)
            {
                return pixels[row * 784 + column];
            }

            public readonly bool IsVector => true;

            public readonly Four LoadFour(int item, int row, int column)
            {
                return Four.Load(pixels, row * 784 + column);
            }
        }

        public struct MatMul_16x784x32_Epilogue : IProductEpilogue
        {
            public ArrayView<float> result;

            public readonly void Store(int item, int row, int column, float sum)
            {
                result[row * 784 + column] = sum;
            }

            public readonly bool IsVector => true;

            public readonly void StoreFour(int item, int row, int column, Four sums)
            {
                Four.Store(result, row * 784 + column, sums);
            }
        }
    }
}
