using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

/// <summary>The published benchmark: the file's name says within how many bytes the buffers must fit.</summary>
public class MiniMallocTests
{
    const string FolderVariable = "GRAPHCOMPILER_MINIMALLOC";

    static readonly string[] Folders =
        [PlanningInstances.ShippedFolder(), .. Directory.Exists(Environment.GetEnvironmentVariable(FolderVariable))
            ? new[] { Environment.GetEnvironmentVariable(FolderVariable)! } : []];

    /// <summary>The shipped instances, and all those in the folder the user names.</summary>
    public static TheoryData<string> Instances()
        => [.. Folders.SelectMany(folder => Directory.GetFiles(folder, "*.csv")).Select(path => Path.GetFileName(path))
            .Distinct().OrderBy(name => name, StringComparer.Ordinal)];

    static ArenaBuffer[] Read(string file)
        => PlanningInstances.Read(Folders.Select(folder => Path.Combine(folder, file)).First(File.Exists));

    [Theory]
    [MemberData(nameof(Instances))]
    public void Fits_into_its_capacity(string file)
    {
        long capacity = long.Parse(file.Split('.')[1]);
        ArenaPlan plan = ArenaPlanner.Place(Read(file), 1, CancellationToken.None);
        Assert.Empty(PlacementValidator.Violations(plan));
        Assert.True(plan.Size <= capacity, $"{plan.Size:N0} bytes do not fit into {capacity:N0}.");
    }

    [Fact]
    public void Reaches_the_lower_bound_of_the_shipped_instances_that_are_filled_to_the_brim()
    {
        Assert.All(["A.1048576.csv", "B.1048576.csv", "input.12.csv"], file =>
            Assert.Equal(0, ArenaPlanner.Place(Read(file), 1, CancellationToken.None).Missed));
    }

    [Fact]
    public void Finds_the_same_plan_every_time()
    {
        ArenaBuffer[] buffers = Read("B.1048576.csv");
        ArenaPlan[] plans = [.. Enumerable.Range(0, 4).AsParallel()
            .Select(_ => ArenaPlanner.Place(buffers, 1, CancellationToken.None))];
        Assert.All(plans, plan => Assert.Equal(plans[0].Offsets, plan.Offsets));
        Assert.All(plans, plan => Assert.Equal(plans[0].SearchSteps, plan.SearchSteps));
    }

    [Fact]
    public void Is_indifferent_to_the_unit()
    {
        ArenaBuffer[] buffers = Read("B.1048576.csv");
        ArenaBuffer[] larger = [.. buffers.Select(b => new ArenaBuffer(b.Name, 64 * b.Size - 5, b.Lower, b.Upper))];
        ArenaPlan plan = ArenaPlanner.Place(larger, 64, CancellationToken.None);
        Assert.Equal(
            ArenaPlanner.Place(buffers, 1, CancellationToken.None).Offsets.Select(offset => 64 * offset), plan.Offsets);
    }
}
