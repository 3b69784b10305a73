using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests;

/// <summary>A model of any layout, as generated code would derive one.</summary>
public sealed unsafe class TestModel(ModelLayout layout, ulong seed = 0, ModelOptions? options = null)
    : GraphModel(layout, seed, options)
{
    public ModelLayout Layout => ModelLayout;

    /// <summary>The whole flat block, gaps included.</summary>
    public Span<float> Block => new(ParameterPointer, checked((int)ModelLayout.TotalFloats));

    public float[] Values() => [.. Parameters.SelectMany(parameter => parameter.Values.ToArray())];

    /// <summary>Parameters one after the other, each at the next multiple of the alignment.</summary>
    public static ModelLayout LayoutOf(params (string Name, int[] Shape)[] parameters)
        => LayoutOf(new Initialization(InitializationKind.Normal, 0, 1), parameters);

    public static ModelLayout LayoutOf(Initialization initialization, params (string Name, int[] Shape)[] parameters)
    {
        List<ParameterLayout> layouts = [];
        long offset = 0;
        foreach ((string name, int[] shape) in parameters)
        {
            ParameterLayout layout = new(name, shape, offset, initialization);
            layouts.Add(layout);
            offset = (offset + layout.Bytes + ModelLayout.Alignment - 1) / ModelLayout.Alignment * ModelLayout.Alignment;
        }

        return new ModelLayout([.. layouts], offset);
    }

    public GivenGradients.Trainer TrainOnGiven(Optimizer optimizer, TrainerOptions? options = null)
        => new(this, new GivenGradients(this), optimizer, options);

    public NoisyRegression.Trainer TrainRegression(Optimizer optimizer, TrainerOptions? options = null)
        => new(this, new NoisyRegression(this), optimizer, options);
}

/// <summary>A program whose gradients the test gives: one flat list over all parameters.</summary>
public sealed unsafe class GivenGradients(TestModel model) : TrainingProgram(model, 0)
{
    public Func<long, float>? GradientAt { get; set; }

    public float[]? Given { get; set; }

    public float Gap { get; set; } = float.NaN;

    public Action? Before { get; set; }

    public override void Run(Worker worker)
    {
        if (worker.Index != 0)
            return;
        Before?.Invoke();
        new Span<float>(Gradients, checked((int)model.Layout.Trainable.TotalFloats)).Fill(Gap);
        long index = 0;
        foreach (ParameterLayout gradient in model.Layout.Trainable.Parameters)
        {
            for (long element = 0; element < gradient.Count; element++, index++)
                Gradients[gradient.Offset / sizeof(float) + element] = Given is not null ? Given[index] : GradientAt!(index);
        }

        Loss = 1;
    }

    public sealed class Trainer(TestModel model, GivenGradients program, Optimizer optimizer, TrainerOptions? options)
        : GraphTrainer(model, program, optimizer, options)
    {
        public GivenGradients Program => program;

        public float Step()
        {
            BeginStep();
            try
            {
                return RunStep();
            }
            finally
            {
                EndStep();
            }
        }

        public float Step(float[] gradients)
        {
            program.Given = gradients;
            return Step();
        }
    }
}

/// <summary>
/// A stand-in for generated code: every parameter is drawn to a target of its own, with noise from the step's random
/// numbers as dropout would have it. Workers share the elements; the loss is added up by one, in order.
/// </summary>
public sealed unsafe class NoisyRegression : TrainingProgram
{
    readonly TestModel model;
    float* targets;

    public NoisyRegression(TestModel model)
        : base(model, model.Layout.TotalBytes)
    {
        this.model = model;
    }

    /// <summary>The bytes that each worker's thread had allocated in its life when it entered the last run.</summary>
    public long[] AllocatedByWorker { get; } = new long[64];

    public override void Run(Worker worker)
    {
        AllocatedByWorker[worker.Index] = GC.GetAllocatedBytesForCurrentThread();
        int count = checked((int)model.Layout.TotalFloats);
        worker.Share(count, 16, out int start, out int end);
        for (int index = start; index < end; index++)
        {
            float noise = Philox.Uniform(RandomSeed, RandomStep, 3, (ulong)index) - 0.5f;
            Arena[index] = Parameters[index] - targets[index % TargetCount] + noise;
            Gradients[index] = 2 * Arena[index];
        }

        worker.Barrier();
        if (worker.Index != 0)
            return;
        float sum = 0;
        for (int index = 0; index < count; index++)
            sum += Arena[index] * Arena[index];
        Loss = sum;
    }

    int TargetCount { get; set; }

    public sealed class Trainer(TestModel model, NoisyRegression program, Optimizer optimizer, TrainerOptions? options)
        : GraphTrainer(model, program, optimizer, options)
    {
        public NoisyRegression Program => program;

        public float Step(ReadOnlySpan<float> targets)
        {
            Guard.Length(targets, 8, nameof(targets), "[8]");
            BeginStep();
            try
            {
                fixed (float* pointer = targets)
                {
                    program.targets = pointer;
                    program.TargetCount = targets.Length;
                    return RunStep();
                }
            }
            finally
            {
                EndStep();
            }
        }
    }
}
