using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Passes;
using GraphCompiler.Generator.Tests.Targets;
using GraphCompiler.Ilgpu.Tests.Runtimes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>
/// The kernels of devices whose warps exchange nothing, OpenCL's, interpreted: reductions go through shared memory, in groups of real size,
/// where races and missing barriers would show.
/// </summary>
public sealed class SharedReductionTests : IDisposable
{
    readonly IlgpuDevice device = DeviceUnderTest.Interpreted(features: DeviceFeatures.None);

    public void Dispose() => device.Dispose();

    /// <summary>Rows of a team's threads, of several teams', of a whole group's, and longer ones.</summary>
    [DeviceFact(DeviceNeeds.Interpreter)]
    public void Means_of_rows_agree() =>
        StatisticsCases.CheckMeansOfEqualNumbers([.. new[] { 8, 33, 200, 1000 }.Select(n => StatisticsCases.MeansOfEqualNumbers(n, isNamed: false))], device);

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void Normalised_rows_agree() => StatisticsCases.CheckAgainstOracle([.. new[] { 16, 1000 }.Select(StatisticsCases.FarFromZero)], 2e-5, device);

    [DeviceTheory(DeviceNeeds.Interpreter)]
    [InlineData(nameof(Op.Softmax))]
    [InlineData(nameof(Op.CrossEntropy))]
    [InlineData(nameof(Op.LinearCrossEntropy))]
    [InlineData(nameof(Op.Attention))]
    public void Operations_agree(string op)
    {
        int number = Enumerable.Range(0, OpCases.All.Count).First(n => OpCases.All[n].Op == Enum.Parse<Op>(op));
        EmissionCheck.Gradients([.. OpTests.Variants(number).Take(1).Select(v => ($"case {number} {op}", v.Objective, v.Bindings))], device: device);
    }
}
