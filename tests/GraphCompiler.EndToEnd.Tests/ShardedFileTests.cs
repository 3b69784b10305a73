using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests.Reference;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Weights that PyTorch wrote for another program: three files, four element types, other names and axes, a head for other classes.</summary>
public sealed class ShardedFileTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "reference", "sharded");

    static readonly LoadOptions Options = new()
    {
        Names = [("hidden1.*", "encoder.layer.0.dense.*"), ("hidden2.*", "encoder.layer.1.dense.*"), ("output.*", "score.*")],
        Transposed = ["hidden*.weight"],
    };

    [Fact]
    public void What_fits_is_loaded_exactly_and_the_head_stays()
    {
        using SmallClassifier model = new(seed: 3), before = new(seed: 3);
        LoadReport report = model.Load(Folder, Options with { Strict = false });
        Assert.Equal(
            """
            loaded 4 of 6 tensors
              other shape  output.weight: score.weight is F32 [3, 7] in the file, [5, 7] in the model
              other shape  output.bias: score.bias is F32 [3] in the file, [5] in the model
              left over    encoder.position_ids
            """, report.ToString());

        ReferenceFile expected = new("sharded_expected");
        string[] loaded = [.. expected.Names("parameters/")];
        Assert.Equal(["hidden1.bias", "hidden1.weight", "hidden2.bias", "hidden2.weight"], loaded.Order());
        foreach (var (parameter, old) in model.Parameters.Zip(before.Parameters))
        {
            float[] values = loaded.Contains(parameter.Name) ? expected.Row("parameters/" + parameter.Name, 0) : old.Values.ToArray();
            Numbers.AssertSameBits(values, parameter.Values, parameter.Name);
        }
    }

    [Fact]
    public void Read_strictly_they_are_refused_and_the_model_stays()
    {
        using SmallClassifier model = new(seed: 3), before = new(seed: 3);
        var error = Assert.Throws<SafetensorsException>(() => model.Load(Folder, Options with { IgnoreOthers = true }));
        Assert.Contains("tensor 'score.weight' has the shape [3, 7]; the model needs [5, 7]", error.Message, StringComparison.Ordinal);
        Numbers.AssertSameBits(before.AllValues(), model.AllValues(), "parameters");
    }
}
