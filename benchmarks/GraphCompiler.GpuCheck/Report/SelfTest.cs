using GraphCompiler.GpuCheck.Measuring;

namespace GraphCompiler.GpuCheck.Report;

/// <summary>Checks the table's mathematics on numbers whose results are known.</summary>
internal static class SelfTest
{
    public static int Run()
    {
        var failures = new List<string>();
        void Same(object? found, object? expected, string what)
        {
            if (!Equals(found, expected))
                failures.Add($"{what} is {found}, not {expected}");
        }

        Same(Statistics.Median([3, 1, 2]), 2.0, "the median of three");
        Same(Statistics.Median([4, 1, 2, 3]), 2.5, "the median of four");
        // The machine was half as fast in the second turn, for both sides.
        Same(Statistics.Ratio([10, 20, 10], [5, 10, 5]), 0.5, "the ratio");

        var peaks = new Peaks();
        peaks.Reached("fp32", 1e12);
        peaks.Reached("fp32", 2e12);
        peaks.Reached("fp32", 1.5e12);
        peaks.Reached(Peaks.Bandwidth, 1e12);
        var product = new Turns(new Work("matmul 1000 fp32", "product", Bound.Arithmetic, 1e9) { Expected = 0.7 }, [1000, 1000], [700, 800], null);
        Same(peaks.Fraction(product), 0.5, "the part of the peak of arithmetic");
        Same(peaks.Fraction(product with { Work = product.Work with { Bound = Bound.Bandwidth } }), 1.0, "the part of the bandwidth");
        Same(peaks.Fraction(product with { Work = product.Work with { Bound = Bound.Latency } }), null, "the part of no peak");
        Same(Tables.Row(product, peaks), "| product | 1,000.0 | 750.0 | 0.75 |  |  | 50 % | 0.7, met |", "a row");
        Same(Tables.Expected(product with { Eager = [600, 650] }), "0.7, missed", "a missed expectation");
        Same(Tables.Expected(product with { Eager = null }), "0.7", "an expectation without PyTorch");
        Same(Tables.Expected(product with { Ours = null }), "0.7, missed", "an expectation of what is not done");
        var names = Works.All(false).Concat(Works.All(true)).Select(work => work.Name).ToList();
        Same(names.Distinct().Count(), names.Count, "the number of different names of works");
        Same(Check.FileNameOf("NVIDIA H100 80GB HBM3 (Cuda)"), "NVIDIA-H100-80GB-HBM3.md", "the name of a card's file");

        failures.ForEach(Console.Error.WriteLine);
        Console.WriteLine(failures.Count == 0 ? "self-test: the table's mathematics is right" : $"self-test: {failures.Count} failed");
        return failures.Count == 0 ? 0 : 1;
    }
}
