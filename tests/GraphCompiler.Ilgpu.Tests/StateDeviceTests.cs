using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>State of models on the device under test: random programs that update two states and read old and new versions of both.</summary>
public class StateDeviceTests
{
    const int Programs = 10;

    /// <summary>Of long and of bfloat16, of sbyte and of double.</summary>
    static readonly int[] TypedPrograms = [1, 2];

    [Fact]
    public void Random_updates_agree_with_the_oracle()
    {
        using var device = DeviceUnderTest.Open();
        var programs = Enumerable.Range(0, Programs).Select(seed => ($"seed {seed}", StateEmissionTests.Program(seed)))
            .Concat(TypedPrograms.Select(seed => ($"types of seed {seed}", StateEmissionTests.TypedProgram(seed))));
        EmissionCheck.Gradients([.. programs.Select(program => (program.Item1, program.Item2.Graph, program.Item2.Bindings))], device: device);
    }
}
