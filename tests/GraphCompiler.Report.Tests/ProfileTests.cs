using System.Text.RegularExpressions;
using Digits;
using GraphCompiler.Tests;
using Steps;

namespace GraphCompiler.Report.Tests;

/// <summary>Measured steps train as others do, and a profile has a time for each kernel.</summary>
public sealed class ProfileTests
{
    static readonly int[] Text = [.. Enumerable.Range(0, SmallGpt.Batch * SmallGpt.Context).Select(i => i * 7 % SmallGpt.Vocabulary)];

    static float[] Losses(int threads, int steps, int profiledAt, out StepProfile? profile)
    {
        profile = null;
        using var model = new SmallGpt(seed: 3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 1e-3 });
        float[] losses = new float[steps];
        for (int step = 0; step < steps; step++)
        {
            if (step == profiledAt)
                profile = trainer.Profile(3);
            losses[step] = trainer.Step(Text, Text);
        }
        return losses;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Measured_steps_give_the_same_bits(int threads) =>
        Assert.Equal(Losses(1, steps: 6, profiledAt: -1, out _), Losses(threads, steps: 6, profiledAt: 1, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_profile_has_every_kernel_and_the_update(int threads)
    {
        using var folder = new TemporaryFolder();
        using var model = new SmallGpt(seed: 3, new ModelOptions { Threads = threads });
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 1e-3 });
        StepProfile profile = trainer.Profile(4);
        for (int step = 0; step < 4; step++)
        {
            Assert.False(profile.IsComplete);
            Assert.Throws<InvalidOperationException>(() => profile.Kernels);
            trainer.Step(Text, Text);
        }
        Assert.True(profile.IsComplete);
        Assert.All(profile.Kernels, kernel => Assert.True(kernel.Nanoseconds > 0 && kernel.WaitNanoseconds >= 0 && kernel.Bytes > 0));
        Assert.Contains(profile.Kernels, kernel => kernel.Title.Contains("block.Forward(x)", StringComparison.Ordinal));
        Assert.InRange(profile.UpdateNanoseconds, 1, profile.StepNanoseconds);
        Assert.Contains(profile.Kernels[0].Method, profile.ToString(), StringComparison.Ordinal);
        profile.WriteReport(folder.File("page.html"));
        string page = File.ReadAllText(folder.File("page.html"));
        Assert.Equal(profile.Kernels.Count, Regex.Count(Regex.Match(page, """<script id="times"[^>]*>(.*?)</script>""").Groups[1].Value, "\"waitNanoseconds\""));
    }

    [ChromiumTheory]
    [InlineData("kernels")]
    [InlineData("overview")]
    public void Chromium_shows_the_times_and_the_roofline(string part)
    {
        using var folder = new TemporaryFolder();
        using var model = new DigitClassifier(seed: 1);
        using var trainer = model.CreateTrainer(new Adam());
        StepProfile profile = trainer.Profile(2);
        for (int step = 0; step < 2; step++)
            trainer.Step(new float[DigitClassifier.Batch * DigitClassifier.Pixels], new int[DigitClassifier.Batch]);
        profile.WriteReport(folder.File("page.html"));
        var (page, complaints) = Chromium.Open($"file://{folder.File("page.html")}#{part}", folder.File("profile"));
        Assert.Empty(complaints);
        Assert.Contains(part == "kernels" ? "class=\"roof\"" : "median of 2 steps", page, StringComparison.Ordinal);
        if (part == "kernels")
            Assert.Equal(profile.Kernels.Count(kernel => kernel.Operations > 0), Regex.Count(page, "<circle "));
    }

    [Fact]
    public void A_class_without_a_report_says_what_its_project_lacks()
    {
        using var model = new ExclusiveOr(seed: 1);
        using var trainer = model.CreateTrainer(new Adam());
        Assert.Contains("<GraphCompilerReport>true</GraphCompilerReport>", Assert.Throws<InvalidOperationException>(() => trainer.Profile(1)).Message, StringComparison.Ordinal);
        Assert.Contains("<GraphCompilerReport>true</GraphCompilerReport>", Assert.Throws<InvalidOperationException>(() => model.WriteReport("page.html")).Message, StringComparison.Ordinal);
    }
}
