using System.Globalization;
using System.Text;
using System.Text.Json;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>A kernel of a training step, and how long it took.</summary>
/// <param name="Method">The method that runs it, in the generated code.</param>
/// <param name="Title">The user's expressions that it computes.</param>
/// <param name="Nanoseconds">How long it took, the median of the steps, as the calling thread saw it.</param>
/// <param name="WaitNanoseconds">How long this waited for the other threads before it.</param>
/// <param name="Operations">The operations of arithmetic that it does, a multiply-add two.</param>
/// <param name="Bytes">The bytes that it reads and writes at least.</param>
public sealed record KernelProfile(string Method, string Title, double Nanoseconds, double WaitNanoseconds, double Operations, long Bytes);

/// <summary>
/// How long each kernel of some training steps takes, beside what the machine could do. <see cref="GraphTrainer.Profile"/> begins one; after so
/// many steps it is complete. Noting the time costs some tens of nanoseconds a kernel.
/// </summary>
public sealed class StepProfile
{
    readonly GraphModel model;
    readonly TrainingProgram program;
    readonly KernelTimes times;
    readonly Lazy<MachineSpeed> machine;

    internal StepProfile(GraphModel model, TrainingProgram program, int steps)
    {
        this.model = model;
        this.program = program;
        times = new KernelTimes(steps);
        machine = new(() => MachineSpeed.Measure(model.Team));
        program.Times = times;
    }

    /// <summary>How many steps are measured.</summary>
    public int Steps => times.Runs;

    /// <summary>Whether all of them have run.</summary>
    public bool IsComplete => times.Left == 0;

    /// <summary>A whole step, the median, in nanoseconds.</summary>
    /// <exception cref="InvalidOperationException">The profile is not complete.</exception>
    public double StepNanoseconds => Complete.Step;

    /// <summary>The optimizer's part of it, the median, in nanoseconds.</summary>
    /// <exception cref="InvalidOperationException">The profile is not complete.</exception>
    public double UpdateNanoseconds => Complete.Update;

    /// <summary>What the machine can do with the model's threads; measured when it is first asked for, in a few hundredths of a second.</summary>
    public MachineSpeed Machine => machine.Value;

    /// <summary>The kernels, in the order in which they run.</summary>
    /// <exception cref="InvalidOperationException">The profile is not complete.</exception>
    public IReadOnlyList<KernelProfile> Kernels
    {
        get
        {
            double[] kernels = Complete.Kernels, waits = times.Waits;
            using JsonDocument report = JsonDocument.Parse(model.Description.ToArray());
            JsonElement program = report.RootElement.GetProperty("programs").EnumerateArray().First(each => each.GetProperty("program").GetString() == Program);
            JsonElement described = program.GetProperty("kernels");
            return
            [
                .. described.EnumerateArray().Select((kernel, i) => new KernelProfile(
                    kernel.GetProperty("method").GetString()!, kernel.GetProperty("title").GetString()!, kernels[i], waits[i],
                    kernel.GetProperty("operations").GetDouble(), kernel.GetProperty("bytes").GetInt64())),
            ];
        }
    }

    /// <summary>Writes the model's report, one page that needs no other file, with what was measured.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <exception cref="InvalidOperationException">The profile is not complete.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteReport(string path) => ReportPage.Write(path, model.Description, ToJson());

    /// <summary>A line for each kernel, the slowest first.</summary>
    public override string ToString()
    {
        if (!IsComplete)
            return $"{Steps - times.Left} of {Steps} steps have run.";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"a step takes {StepNanoseconds / 1000:N1} µs, of which the update {UpdateNanoseconds / 1000:N1} µs and waiting for other threads {Kernels.Sum(kernel => kernel.WaitNanoseconds) / 1000:N1} µs\n");
        text.Append(CultureInfo.InvariantCulture, $"{"µs",10}{"share",8}{"GFLOP/s",10}{"GB/s",8}  kernel\n");
        foreach (KernelProfile kernel in Kernels.OrderByDescending(kernel => kernel.Nanoseconds))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{kernel.Nanoseconds / 1000,10:N1}{kernel.Nanoseconds / StepNanoseconds,8:P1}{kernel.Operations / kernel.Nanoseconds,10:N1}{kernel.Bytes / kernel.Nanoseconds,8:N1}  {kernel.Method}: {kernel.Title}\n");
        }
        return text.ToString();
    }

    KernelTimes Complete => IsComplete ? times : throw new InvalidOperationException($"{times.Left} of the profile's {Steps} steps are still to run.");

    /// <summary>The program's class, which is generic over the width of vectors.</summary>
    string Program => program.GetType().BaseType!.Name;

    string ToJson()
    {
        KernelTimes measured = Complete;
        double[] kernels = measured.Kernels, waits = measured.Waits;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("program", Program);
            json.WriteNumber("steps", Steps);
            json.WriteNumber("threads", model.Team.Threads);
            json.WriteNumber("stepNanoseconds", measured.Step);
            json.WriteNumber("updateNanoseconds", measured.Update);
            json.WriteNumber("operationsPerSecond", Machine.OperationsPerSecond);
            json.WriteNumber("bytesPerSecond", Machine.BytesPerSecond);
            json.WriteStartArray("kernels");
            for (int i = 0; i < kernels.Length; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("nanoseconds", kernels[i]);
                json.WriteNumber("waitNanoseconds", waits[i]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
