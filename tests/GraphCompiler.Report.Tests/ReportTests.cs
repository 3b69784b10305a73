using System.Text.Json;
using System.Text.RegularExpressions;
using Digits;
using GraphCompiler.Tests;

namespace GraphCompiler.Report.Tests;

/// <summary>What a report says is what was compiled: its numbers are those of the model's own plan, and its page shows them.</summary>
public sealed class ReportTests
{
    static readonly string[] Models = ["Digits.DigitClassifier", "GraphCompiler.Report.Tests.SmallGpt"];

    static GraphModel Create(string model) => model == Models[0] ? new DigitClassifier(seed: 1) : new SmallGpt(seed: 1);

    public static TheoryData<string> Names => [.. Models];

    static JsonElement DescriptionIn(string page)
    {
        Match text = Regex.Match(page, """<script id="report" type="application/json">(.*?)</script>""", RegexOptions.Singleline);
        return JsonDocument.Parse(text.Groups[1].Value).RootElement;
    }

    static JsonElement Describe(string model)
    {
        using var folder = new TemporaryFolder();
        using GraphModel created = Create(model);
        created.WriteReport(folder.File("page.html"));
        return DescriptionIn(File.ReadAllText(folder.File("page.html")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_planned_bytes_are_those_of_the_memory_report(string model)
    {
        JsonElement described = Describe(model);
        using GraphModel created = Create(model);
        MemoryReport memory = created.MemoryReport;
        Assert.Equal(memory.ParameterBytes, described.GetProperty("parameterBytes").GetInt64());
        Assert.Equal(memory.GradientBytes, described.GetProperty("gradientBytes").GetInt64());
        Assert.Equal(created.ParameterCount, described.GetProperty("parameters").EnumerateArray().Sum(parameter => parameter.GetProperty("count").GetInt64()));
        var programs = described.GetProperty("programs").EnumerateArray().ToList();
        Assert.Equal(
            memory.Methods.Select(method => (method.Name, method.IsTraining, method.ArenaBytes, method.IndexBytes)),
            programs.Select(program => (program.GetProperty("method").GetString()!, program.TryGetProperty("training", out _),
                program.GetProperty("arenaBytes").GetInt64(), program.GetProperty("indexBytes").GetInt64())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Buffers_that_are_live_at_once_lie_apart_inside_the_arena(string model)
    {
        foreach (JsonElement program in Describe(model).GetProperty("programs").EnumerateArray())
        {
            long arena = program.GetProperty("arenaBytes").GetInt64();
            var buffers = program.GetProperty("buffers").EnumerateArray().Select(buffer => (
                First: buffer.GetProperty("first").GetInt32(), End: buffer.GetProperty("end").GetInt32(),
                Start: buffer.GetProperty("offset").GetInt64(), Bytes: buffer.GetProperty("bytes").GetInt64())).ToList();
            Assert.NotEmpty(buffers);
            Assert.All(buffers, buffer => Assert.InRange(buffer.Start + buffer.Bytes, 1, arena));
            for (int i = 0; i < buffers.Count; i++)
            {
                // What is written where its operand lay is so in the kernel that does it, in which both are live.
                Assert.DoesNotContain(buffers.Skip(i + 1), other =>
                    other.First < buffers[i].End - 1 && buffers[i].First < other.End - 1
                    && other.Start < buffers[i].Start + buffers[i].Bytes && buffers[i].Start < other.Start + other.Bytes);
            }
        }
    }

    [Fact]
    public void A_kernel_says_what_it_does()
    {
        JsonElement training = Describe(Models[0]).GetProperty("programs").EnumerateArray().Single(program => program.TryGetProperty("training", out _));
        JsonElement first = training.GetProperty("kernels")[0];
        Assert.Equal("MatMul", first.GetProperty("kind").GetString());
        Assert.Equal("Relu(hidden1.Forward(pixels))", first.GetProperty("title").GetString());
        // A product of [32, 784] and [784, 16], a bias and a Relu; the operands, and the result.
        Assert.Equal((2 * 32 * 784 * 16) + (2 * 32 * 16), first.GetProperty("operations").GetDouble());
        Assert.Equal(4 * ((32 * 784) + (16 * 784) + 16 + (32 * 16)), first.GetProperty("bytes").GetInt64());
        string[] passes = [.. training.GetProperty("passes").EnumerateArray().Select(pass => pass.GetProperty("pass").GetString()!)];
        Assert.Equal("as written", passes[0]);
        Assert.Contains("Differentiation", passes);
        Assert.Contains("Simplification", passes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_build_writes_the_page_that_the_model_writes(string model)
    {
        using var folder = new TemporaryFolder();
        using GraphModel created = Create(model);
        created.WriteReport(folder.File("page.html"));
        Assert.Equal(File.ReadAllText(folder.File("page.html")), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reports", model + ".html")));
    }

    [ChromiumTheory]
    [MemberData(nameof(Names))]
    public void Chromium_shows_every_part_of_the_page(string model)
    {
        using var folder = new TemporaryFolder();
        using GraphModel created = Create(model);
        created.WriteReport(folder.File("page.html"));
        JsonElement training = Describe(model).GetProperty("programs").EnumerateArray().Last();
        int kernels = training.GetProperty("kernels").GetArrayLength(), buffers = training.GetProperty("buffers").GetArrayLength();
        int parameters = created.Parameters.Count;
        foreach (var (part, mark, count) in new[]
        {
            ("overview", "class=\"facts\"", 2), ("graph", "class=\"node\"", kernels), ("memory", "class=\"node\"", buffers), ("kernels", "<tr class=\"row\"", kernels),
            ("parameters", "<tr ", parameters), ("passes", ">KernelFusion<", 1),
        })
        {
            var (page, complaints) = Chromium.Open($"file://{folder.File("page.html")}#{part}", folder.File("profile-" + part));
            Assert.Empty(complaints);
            Assert.Contains("data-ready=\"true\"", page, StringComparison.Ordinal);
            string section = Regex.Match(page, $"""<section id="part-{part}" class="chosen">(.*?)</section>""", RegexOptions.Singleline).Groups[1].Value;
            Assert.Equal(count, Regex.Count(section, Regex.Escape(mark)));
        }
    }
}
