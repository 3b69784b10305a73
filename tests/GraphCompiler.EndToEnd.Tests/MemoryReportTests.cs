using System.Collections;
using System.Reflection;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.Kernels;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>What a model's report says before anything runs is what is then allocated, in each precision.</summary>
public sealed class MemoryReportTests
{
    /// <summary>All blocks of memory that objects hold, without those of threads: scratch memory is the team's, whatever model it works for.</summary>
    static long BytesHeldBy(params object[] roots)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> pending = new(roots);
        long bytes = 0;
        while (pending.TryPop(out object? next))
        {
            if (next is WorkerTeam || next.GetType() is { IsPrimitive: true } or { IsEnum: true } || next is string or Type or Delegate or Pointer || !seen.Add(next))
                continue;
            if (next is AlignedMemory block)
            {
                bytes += block.Length;
                continue;
            }
            foreach (object item in next is IEnumerable and (Array or IList) ? ((IEnumerable)next).OfType<object>() : [])
                pending.Push(item);
            for (Type? type = next.GetType(); type is not null && type.Assembly.GetName().Name!.StartsWith("GraphCompiler", StringComparison.Ordinal); type = type.BaseType)
            {
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (!field.FieldType.IsPointer && field.GetValue(next) is { } value)
                        pending.Push(value);
                }
            }
        }
        return bytes;
    }

    static GraphModel Open(Precision precision) => precision switch
    {
        Precision.Float32 => new GptOfSingles(seed: 1),
        Precision.BFloat16 => new GptOfBFloats(seed: 1),
        _ => new GptOfHalves(seed: 1),
    };

    static GraphTrainer TrainerOf(GraphModel model, Optimizer optimizer, TrainerOptions options) => model switch
    {
        GptOfSingles singles => singles.CreateTrainer(optimizer, options),
        GptOfBFloats bFloats => bFloats.CreateTrainer(optimizer, options),
        _ => ((GptOfHalves)model).CreateTrainer(optimizer, options),
    };

    [Theory]
    [InlineData(Precision.Float32, 1)]
    [InlineData(Precision.BFloat16, 1)]
    [InlineData(Precision.Float16, 3)]
    public void The_report_is_what_a_trainer_allocates_in_the_precision_that_another_model_reports(Precision precision, int accumulationSteps)
    {
        TrainerOptions options = new() { AccumulationSteps = accumulationSteps };
        using GptOfSingles reporting = new(seed: 1);
        MemoryReport report = Assert.Single(reporting.MemoryReport.InEveryPrecision, r => r.Precision == precision);
        using GraphModel model = Open(precision);
        Assert.Equal(report.ParameterBytes + report.StateBytes, BytesHeldBy(model));
        using GraphTrainer trainer = TrainerOf(model, new AdamW(), options);
        Assert.Equal(report.CpuTrainingBytes("Loss", new AdamW(), options), BytesHeldBy(model, trainer));
        Assert.Equal(precision, model.MemoryReport.Precision);
        Assert.Equal(report.Methods, model.MemoryReport.Methods);
    }

    [Fact]
    public void The_report_is_what_a_session_allocates()
    {
        using GptOfHalves model = new(seed: 1);
        MemoryReport report = model.MemoryReport;
        MethodMemory next = report.Methods.Single(m => m.UsesSession);
        using var session = model.CreateSession();
        Assert.Equal(report.ParameterBytes + report.SessionBytes + next.ArenaBytes + next.IndexBytes, BytesHeldBy(model, session));
    }

    [Fact]
    public void Precisions_are_columns_of_one_table()
    {
        using GptOfSingles singles = new(seed: 1);
        using GptOfHalves halves = new(seed: 1);
        using GptOfBFloats bFloats = new(seed: 1);
        string table = singles.MemoryReport.ToTable(new AdamW());
        Assert.Equal(table, halves.MemoryReport.ToTable(new AdamW()));
        string[] lines = table.Split('\n');
        Assert.Equal(["bytes", "Float32", "BFloat16", "Float16"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        long Training(Precision precision) => singles.MemoryReport.InEveryPrecision.Single(r => r.Precision == precision).CpuTrainingBytes("Loss", new AdamW());
        Assert.Contains(lines, line => line.Contains("with the model, on the CPU", StringComparison.Ordinal)
            && Enum.GetValues<Precision>().All(p => line.Contains(Training(p).ToString("N0", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.Contains("KV cache", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("optimizer state, AdamW", StringComparison.Ordinal));

        // A model that does not ask for more has its own precision alone.
        Assert.Equal(["bytes", "BFloat16"], bFloats.MemoryReport.ToString().Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
