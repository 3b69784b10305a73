using System.Reflection;
using GraphCompiler.Ilgpu.Compiling;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Ilgpu.Tests.Kernels;
using GraphCompiler.Ilgpu.Tests.Runtimes;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>How kernels come to a device that takes PTX: compiled beside each other, rewritten, loaded, launched.</summary>
public class CompilingTests
{
    const string Assembly = """
        .version 7.0
        .target sm_80
        .address_size 64

        .visible .entry Kernel_Sum(
        	.param .align 8 .b8 _arguments_3713[24]
        )
        {
        	ld.param.b64	%rd1, [_arguments_3713+8];
        	@%p1 bra.uni	L_305643;
        	@!%p2 bra.uni	L_30560;
        	brx.idx.uni	%r1, L_3056;
        	bra.uni	L_305643;
        L_30560:
        	mov.u32 %r30560, 3713;
        L_305643:
        	ret;
        }
        """;

    /// <summary>Threads part where ILGPU says that they do not; what counts kernels of before is counted anew.</summary>
    [Fact]
    public void A_text_says_no_more_than_is_true_and_is_its_own()
    {
        var text = PtxText.Of("Kernel_Sum", Assembly, PtxTarget.Sm80);
        Assert.Equal(("Kernel_Sum", 24), (text.Name, text.ParameterBytes));
        Assert.Equal(Assembly.Replace("_arguments_3713", "_arguments_0", StringComparison.Ordinal).Replace("L_305643", "L_1", StringComparison.Ordinal)
            .Replace("L_30560", "L_2", StringComparison.Ordinal).Replace("L_3056", "L_3", StringComparison.Ordinal)
            .Replace("@%p1 bra.uni", "@%p1 bra", StringComparison.Ordinal).Replace("@!%p2 bra.uni", "@!%p2 bra", StringComparison.Ordinal)
            .Replace("brx.idx.uni", "brx.idx", StringComparison.Ordinal), text.Text);
    }

    [Theory]
    [InlineData("7.0", "7.8")]
    [InlineData("7.8", "7.8")]
    [InlineData("8.6", "8.6")]
    public void A_text_for_compute_capability_9_says_so(string version, string expected)
    {
        string assembly = Assembly.Replace(".version 7.0", ".version " + version, StringComparison.Ordinal);
        Assert.StartsWith($".version {version}\n.target sm_80\n.address_size", PtxText.Of("Kernel_Sum", assembly, PtxTarget.Sm80).Text, StringComparison.Ordinal);
        Assert.StartsWith(
            $".version {expected}\n.target sm_90\n.address_size", PtxText.Of("Kernel_Sum", assembly, PtxTarget.Sm80 with { IsSm90 = true }).Text, StringComparison.Ordinal);
    }

    static List<MethodInfo> Emitted { get; } = [.. typeof(Normalised).Assembly.GetTypes()
        .Where(t => t.Name == "DeviceKernels" && t.Namespace!.Contains("_" + nameof(Normalised) + ".", StringComparison.Ordinal))
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
        .Select(kernel => !kernel.IsGenericMethodDefinition ? kernel : kernel.MakeGenericMethod(
            kernel.GetGenericArguments()[0].GetGenericParameterConstraints().Contains(typeof(IGroupReduction)) ? typeof(WarpReduction) : typeof(MediumProductTemplate)))];

    /// <summary>What a kernel does with floats, in its order. What a context has compiled before decides about the order of moves and integers.</summary>
    static List<string> Operations(string text) => [.. new PtxLoops(text).Instructions.Select(instruction => instruction.Split(' ', '\t')[0])
        .Where(code => code.EndsWith(".f32", StringComparison.Ordinal) && !code.StartsWith("mov.", StringComparison.Ordinal))];

    [Fact]
    public void Kernels_compute_the_same_in_whatever_order_they_are_compiled()
    {
        Assert.True(Emitted.Count > 5, $"There are {Emitted.Count} kernels.");
        using PtxContext forwards = new(PtxTarget.Sm80), backwards = new(PtxTarget.Sm80);
        var texts = Emitted.Select(kernel => forwards.Compile(kernel).Text).ToList();
        var others = Enumerable.Reverse(Emitted).Select(kernel => backwards.Compile(kernel).Text).Reverse().ToList();
        Assert.Equal(texts.Select(Operations), others.Select(Operations));
        Assert.True(2 * texts.Zip(others).Count(pair => pair.First == pair.Second) > texts.Count);
        Assert.All(texts, text => Assert.DoesNotMatch(@"@\S+\s+bra\.uni", text));
        Assert.Contains(texts, text => text.Contains("@%p1 bra", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kernels_are_compiled_on_threads_that_end_when_nothing_waits()
    {
        var compiler = new PtxCompiler(PtxTarget.Sm80);
        for (int round = 0; round < 2; round++)
        {
            var texts = await Task.WhenAll(Emitted.Select(compiler.Compile));
            Assert.Equal(Emitted.Select(kernel => Operations(PtxRuntime.Text(kernel))), texts.Select(text => Operations(text.Text)));
            Assert.True(SpinWait.SpinUntil(() => compiler.Threads == 0, TimeSpan.FromMinutes(5)), $"{compiler.Threads} threads go on.");
        }
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => compiler.Compile(typeof(CompilingTests).GetMethod(nameof(Unknown), BindingFlags.NonPublic | BindingFlags.Static)!));
        Assert.IsNotType<TaskCanceledException>(failure);
        Assert.NotEmpty((await compiler.Compile(Emitted[0])).Text);
    }

    [Fact]
    public async Task What_was_not_begun_can_be_given_up()
    {
        var compiler = new PtxCompiler(PtxTarget.Sm80);
        var texts = Enumerable.Repeat(Emitted, 10).SelectMany(kernels => kernels).Select(compiler.Compile).ToList();
        compiler.Cancel();
        int done = 0;
        foreach (var text in texts)
        {
            try
            {
                Assert.NotEmpty((await text).Text);
                done++;
            }
            catch (TaskCanceledException)
            {
            }
        }
        Assert.True(done < texts.Count, $"{done} of {texts.Count} were compiled.");
    }

    struct Reversal
    {
        public ArrayView<float> Values;
    }

    /// <summary>Through 64 KB of shared memory, and a kilobyte more.</summary>
    static void Reverse(Reversal reversal)
    {
        const int Count = 16384;
        var few = SharedMemory.Allocate<float>(256);
        var many = SharedMemory.Allocate<float>(Count);
        few[Group.IdxX] = Group.IdxX;
        for (int i = Group.IdxX; i < Count; i += Group.DimX)
            many[i] = reversal.Values[i];
        Group.Barrier();
        for (int i = Group.IdxX; i < Count; i += Group.DimX)
            reversal.Values[i] = many[Count - 1 - i] + few[Group.DimX - 1 - Group.IdxX];
    }

    /// <summary>Of which assemblers take 48 KB: the larger part gets its size at the launch.</summary>
    [DeviceFact(DeviceNeeds.TensorCores)]
    public void Kernels_may_have_more_shared_memory_than_a_text_may_declare()
    {
        float[] values = [.. Enumerable.Range(0, 16384).Select(i => (float)i)];
        float[] result = KernelRun.Run<Reversal>(Reverse, memory => new Reversal { Values = memory }, 1, 256, values);
        Assert.Equal(values.Select(i => 16383 - i + (255 - (int)i % 256)), result);
        using var context = new PtxContext(PtxTarget.Sm80);
        var text = context.Compile(((Action<Reversal>)Reverse).Method);
        Assert.Equal(65536, text.LaunchSharedBytes);
        Assert.Matches(@"\n\.extern \.shared \.align \d+ \.b8 __shared_alloca\d\[\];\n\.visible \.entry", text.Text);
        Assert.Matches(@"\.shared \.align \d+ \.b8 __shared_alloca\d\[1024\];", text.Text);
        Assert.DoesNotContain("[65536]", text.Text, StringComparison.Ordinal);
        Assert.Equal(0, context.Compile(((Action<Numbers>)Fill).Method).LaunchSharedBytes);
    }

    struct Numbers
    {
        public ArrayView<float> Values;
        public int Count;
    }

    static void Fill(Numbers numbers) => numbers.Values[Grid.GlobalIndex.X] = numbers.Count;

    static void Clear(Numbers numbers) => numbers.Values[Grid.GlobalIndex.X] = 0;

    /// <summary>What no device can do.</summary>
    static void Unknown(Numbers numbers) => numbers.Values[0] = DateTime.Now.Millisecond + numbers.Count;

    /// <summary>Says what becomes of each text, and of launches nothing.</summary>
    sealed class Loader(Action<PtxText> load) : PtxLoader
    {
        public int Launches { get; private set; }

        public int Bytes { get; private set; }

        public override LoadedKernel Load(PtxText text)
        {
            load(text);
            return new Kernel(this);
        }

        sealed class Kernel(Loader loader) : LoadedKernel
        {
            public override void Launch(AcceleratorStream stream, KernelConfig groups, ReadOnlySpan<byte> parameters)
            {
                loader.Launches++;
                loader.Bytes += parameters.Length;
            }
        }
    }

    /// <summary>Two meet while they are loaded; a third that is asked for meanwhile is none of theirs.</summary>
    [Fact]
    public void Kernels_are_loaded_beside_each_other()
    {
        using var runtime = new IdleRuntime();
        using var meeting = new Barrier(2);
        var kernels = new PtxKernels(runtime, PtxRuntime.Compile, new Loader(_ => Assert.True(meeting.SignalAndWait(TimeSpan.FromMinutes(5)))));
        kernels.Load<Numbers>(Fill);
        kernels.Load<Numbers>(Clear);
        kernels.Finish();
        Assert.Equal(1, meeting.CurrentPhaseNumber);
    }

    [Fact]
    public void Launches_allocate_nothing()
    {
        using var runtime = new IdleRuntime();
        var loader = new Loader(_ => { });
        var launch = new PtxKernels(runtime, PtxRuntime.Compile, loader).Load<Numbers>(Fill);
        using (runtime.Allocate(64, out var memory))
        {
            var numbers = new Numbers { Values = memory, Count = 3 };
            launch(runtime.Queue.Stream, new KernelConfig(1, 32), numbers);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                launch(runtime.Queue.Stream, new KernelConfig(1, 32), numbers);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
        Assert.Equal((101, 101 * 24), (loader.Launches, loader.Bytes));
    }

    /// <summary>The message has the kernel's name and what the driver said; a driver that had no memory may have some the next time.</summary>
    [Fact]
    public void A_kernel_that_the_driver_refuses_is_said_and_tried_again()
    {
        using var runtime = new IdleRuntime();
        int loads = 0;
        var loader = new Loader(_ =>
        {
            if (++loads == 1)
                throw new InvalidOperationException("CUDA_ERROR_INVALID_PTX: ptxas application ptx input, line 7");
        });
        var kernels = new PtxKernels(runtime, PtxRuntime.Compile, loader);
        var launch = kernels.Load<Numbers>(Fill);
        string message = Assert.Throws<DeviceException>(kernels.Finish).Message;
        Assert.Equal("The kernel Fill does not compile for no device: CUDA_ERROR_INVALID_PTX: ptxas application ptx input, line 7", message);
        Assert.Equal(0, loader.Launches);
        launch(runtime.Queue.Stream, new KernelConfig(1, 32), default);
        kernels.Finish();
        Assert.Equal((2, 1), (loads, loader.Launches));
    }

    [Fact]
    public void A_kernel_that_does_not_compile_is_said()
    {
        using var runtime = new IdleRuntime();
        var kernels = new PtxKernels(runtime, PtxRuntime.Compile, new Loader(_ => { }));
        var launch = kernels.Load<Numbers>(Unknown);
        string message = Assert.Throws<DeviceException>(() => launch(runtime.Queue.Stream, new KernelConfig(1, 32), default)).Message;
        Assert.Equal("The kernel Unknown does not compile for no device: The type 'System.DateTime' has an unsupported structure layout", message);
    }
}
