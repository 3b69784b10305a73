using System.Globalization;
using System.Text;

namespace GraphCompiler;

/// <summary>The memory of a model in some precisions, as a table: what it has in any case, then what training and each other method add to that.</summary>
/// <param name="reports">A report for each column.</param>
/// <param name="optimizer">What trains the model; null for none.</param>
/// <param name="options">How it is used; null for the defaults.</param>
internal sealed class MemoryTable(IReadOnlyList<MemoryReport> reports, Optimizer? optimizer, TrainerOptions? options)
{
    const int PartWidth = 38, NumberWidth = 18;

    readonly StringBuilder text = new();

    /// <inheritdoc/>
    public override string ToString()
    {
        text.Clear();
        Row("bytes", reports.Select(report => report.Precision.ToString()));
        Line("parameters", report => report.ParameterBytes);
        Line("state of the model", report => report.StateBytes);
        foreach (MethodMemory method in reports[0].Methods)
        {
            if (method.IsTraining)
                Training(method.Name);
            else
                Inference(method);
        }
        if (HasDevices)
        {
            Line("on a device, without a trainer", report => report.DeviceBytes);
            Line("on a device, each session", report => report.DeviceSessionBytes);
        }
        return text.ToString();
    }

    void Training(string objective)
    {
        Heading($"training of {objective}");
        Line("  gradients", report => report.GradientBytes);
        if (optimizer is not null)
            Line($"  optimizer state, {optimizer.GetType().Name}", report => report.OptimizerBytes(optimizer, options));
        Parts(report => report.Training(objective));
        if (optimizer is null)
            return;
        Line("  copy of the model's state", report => report.StateBytes * (options?.AccumulationSteps > 1 ? 2 : 1));
        Line("  with the model, on the CPU", report => report.CpuTrainingBytes(objective, optimizer, options));
        if (HasDevices)
            Line("  with the model, on a device", report => report.DeviceTrainingBytes(objective, optimizer, options));
    }

    void Inference(MethodMemory method)
    {
        Heading(method.UsesSession ? $"{method.Name}, of a session" : method.Name);
        MethodMemory Of(MemoryReport report) => report.Methods.First(m => m.Name == method.Name && !m.IsTraining);
        if (method.UsesSession)
            Line("  state of the session (KV cache)", report => report.SessionBytes);
        Parts(Of);
        Line("  with the model, on the CPU", report => report.CpuBytes(Of(report)));
    }

    void Parts(Func<MemoryReport, MethodMemory> methodOf)
    {
        Line("  activations", report => methodOf(report).ArenaBytes);
        Line("  rows and classes", report => methodOf(report).IndexBytes);
        if (reports.Any(report => methodOf(report).DeviceArenaBytes is not null))
            Line("  activations on a device", report => methodOf(report).DeviceArenaBytes ?? methodOf(report).ArenaBytes);
        Line("  workspace on a device", report => methodOf(report).WorkspaceBytes);
        Line("  the caller's tensors", report => methodOf(report).TensorBytes);
    }

    bool HasDevices => reports.Any(report => report.Methods.Any(m => m.WorkspaceBytes > 0 || m.DeviceArenaBytes is not null));

    /// <summary>A line of numbers; none where all are 0.</summary>
    void Line(string part, Func<MemoryReport, long> bytes)
    {
        long[] numbers = [.. reports.Select(bytes)];
        if (numbers.Any(number => number > 0))
            Row(part, numbers.Select(number => number.ToString("N0", CultureInfo.InvariantCulture)));
    }

    void Heading(string title) => text.Append(title).Append('\n');

    void Row(string part, IEnumerable<string> columns)
    {
        text.Append(part.PadRight(PartWidth));
        foreach (string column in columns)
            text.Append(column.PadLeft(NumberWidth));
        text.Append('\n');
    }
}
