using System.Reflection;
using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu;

namespace GraphCompiler.GpuCheck.Measuring;

/// <summary>A work prepared on a device.</summary>
internal abstract class DeviceWork(IlgpuDevice device) : IDisposable
{
    /// <summary>Queues a call, without waiting for it where its results stay on the device.</summary>
    public abstract void Queue();

    /// <summary>Waits for all that is queued.</summary>
    public void Wait() => device.Synchronize();

    /// <summary>Writes inputs and results for PyTorch's side to compare: files of raw numbers named after them.</summary>
    public abstract void WriteNumbers(string folder);

    public abstract void Dispose();

    protected static void Write<T>(string folder, string name, ReadOnlySpan<T> numbers)
        where T : unmanaged
        => File.WriteAllBytes(Path.Combine(folder, name), MemoryMarshal.AsBytes(numbers));

    protected static int[] Tokens(int count, int vocabulary, Random random)
    {
        int[] tokens = new int[count];
        foreach (ref int token in tokens.AsSpan())
            token = random.Next(vocabulary);
        return tokens;
    }

    /// <summary>
    /// A compiled method's program on the device: running it computes on what lies there, without copies of tensors from or to
    /// the host, which the method itself makes.
    /// </summary>
    protected static DeviceProgram ProgramOf(object owner, string method)
    {
        var field = owner.GetType().GetFields(BindingFlags.NonPublic | BindingFlags.Instance)
            .Single(field => typeof(DeviceProgram).IsAssignableFrom(field.FieldType) && field.Name.StartsWith(method, StringComparison.OrdinalIgnoreCase));
        return (DeviceProgram)field.GetValue(owner)!;
    }

    /// <summary>What gives a program its inputs, before each run.</summary>
    protected static T BindingOf<T>(DeviceProgram program)
        where T : Delegate
        => program.GetType().GetMethod("Bind")!.CreateDelegate<T>(program);
}

/// <summary>A method of a model without inputs: a call is its kernels.</summary>
internal sealed class MethodWork : DeviceWork
{
    readonly GraphModel model;
    readonly float[] result;
    readonly DeviceProgram program;
    readonly Action bind;

    /// <param name="device">Where it runs.</param>
    /// <param name="model">The model.</param>
    /// <param name="method">The name of the method.</param>
    /// <param name="count">How many numbers it returns.</param>
    /// <param name="call">Calls it.</param>
    public MethodWork(IlgpuDevice device, GraphModel model, string method, int count, Action<float[]> call)
        : base(device)
    {
        this.model = model;
        result = new float[count];
        call(result);
        program = ProgramOf(model, method);
        bind = BindingOf<Action>(program);
    }

    public override void Queue()
    {
        bind();
        program.Run();
    }

    public override void WriteNumbers(string folder)
    {
        foreach (var parameter in model.Parameters)
            Write<float>(folder, parameter.Name, parameter.Values);
        Write<float>(folder, "result", result);
    }

    public override void Dispose() => model.Dispose();
}

/// <summary>A gradient: a call is the kernels of an objective, times a factor of a half, and its gradients, without an update.</summary>
internal sealed class GradientWork : DeviceWork
{
    const float Factor = 0.5f;

    readonly GraphModel model;
    readonly GraphTrainer trainer;
    readonly DeviceProgram program;
    readonly Action<ReadOnlySpan<float>> bind;

    public GradientWork(IlgpuDevice device, GraphModel model, GraphTrainer trainer, Action<float> step)
        : base(device)
    {
        this.model = model;
        this.trainer = trainer;
        step(Factor);
        program = ProgramOf(trainer, "onDevice");
        bind = BindingOf<Action<ReadOnlySpan<float>>>(program);
    }

    public override void Queue()
    {
        bind([Factor]);
        program.Run();
    }

    public override void WriteNumbers(string folder)
    {
        foreach (var parameter in model.Parameters)
        {
            Write<float>(folder, parameter.Name, parameter.Values);
            Write(folder, parameter.Name + ".gradient", trainer.GradientOf(parameter.Name));
        }
    }

    public override void Dispose()
    {
        trainer.Dispose();
        model.Dispose();
    }
}

/// <summary>Training: a call queues a step, on other tokens every time.</summary>
internal sealed class StepWork(IlgpuDevice device, GraphModel model, GraphTrainer trainer, int tokens, int vocabulary, Action<int[], int[]> queue, Func<int[], int[], float> step)
    : DeviceWork(device)
{
    const int Batches = 16, CheckedSteps = 4;

    readonly (int[] Tokens, int[] Next)[] batches =
        [.. Enumerable.Range(1, Batches).Select(seed => (Tokens(tokens, vocabulary, new Random(seed)), Tokens(tokens, vocabulary, new Random(-seed))))];
    int turn;

    public override void Queue()
    {
        turn = (turn + 1) % Batches;
        queue(batches[turn].Tokens, batches[turn].Next);
    }

    public override void WriteNumbers(string folder)
    {
        model.Save(Path.Combine(folder, "weights.safetensors"));
        float[] losses = new float[CheckedSteps];
        for (int i = 0; i < CheckedSteps; i++)
        {
            // The last step is on the first tokens again, so that the updates show.
            var (tokens, next) = batches[i % (CheckedSteps - 1)];
            losses[i] = step(tokens, next);
            Write<int>(folder, $"tokens{i}", tokens);
            Write<int>(folder, $"next{i}", next);
        }
        Write<float>(folder, "result", losses);
    }

    public override void Dispose()
    {
        trainer.Dispose();
        model.Dispose();
    }
}

/// <summary>An update: a call queues a step of an objective that costs next to nothing.</summary>
internal sealed class UpdateWork(IlgpuDevice device, GraphModel model, GraphTrainer trainer, Action queue) : DeviceWork(device)
{
    public override void Queue() => queue();

    public override void WriteNumbers(string folder)
    {
        Write<float>(folder, "x", model.Parameters[0].Values);
        queue();
        queue();
        Write<float>(folder, "result", model.Parameters[0].Values);
    }

    public override void Dispose()
    {
        trainer.Dispose();
        model.Dispose();
    }
}

/// <summary>Writing: a call gives the model the most likely token after the one before, and waits for the numbers.</summary>
internal sealed class DecodeWork(IlgpuDevice device, GraphModel model, GraphSession session, int vocabulary, int context, Action<int, int, float[]> next) : DeviceWork(device)
{
    readonly float[] logits = new float[vocabulary];
    int position, token;

    public override void Queue()
    {
        if (position == context)
            position = 0;
        next(token, position++, logits);
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;
        token = best;
    }

    public override void WriteNumbers(string folder)
    {
        model.Save(Path.Combine(folder, "weights.safetensors"));
        int[] tokens = Tokens(Math.Min(context, 64), vocabulary, new Random(3));
        for (int i = 0; i < tokens.Length; i++)
            next(tokens[i], i, logits);
        Write<int>(folder, "tokens0", tokens);
        Write<float>(folder, "result", logits);
    }

    public override void Dispose()
    {
        session.Dispose();
        model.Dispose();
    }
}
