using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class StateDiagnosticTests
{
    const string Rows = "readonly SessionState rows = new([16, 8]); ";
    const string Position = ", [Shape] Tensor<int> position) { ";

    [Theory]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(8)] Tensor x) { [|rows.Set(x)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(4, 6)] Tensor x" + Position + "[|rows.Write(x, at: position)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(8)] Tensor x" + Position + "[|rows.Write(x, at: position)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(17, 8)] Tensor x" + Position + "[|rows.Write(x, at: position)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(16, 9)] Tensor x" + Position + "[|rows.Write(x, at: position, axis: -1)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(4, 8)] Tensor x) { [|rows.Write(x, at: 13)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(4, 8)] Tensor x) { [|rows.Write(x, at: -1)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(4, 8)] Tensor x" + ", [Shape(2)] Tensor<int> positions) { [|rows.Write(x, at: positions)|]; return rows; }")]
    [InlineData("GC0405", Rows + "public Tensor F([Shape(4, 8)] Tensor x, [Shape(2)] Tensor<int> positions) { [|rows.Write(x, at: positions * 2)|]; return rows; }")]
    [InlineData("GC0204", Rows + "public Tensor F([Shape(4, 8)] Tensor x" + Position + "[|rows.Write(x, at: position, axis: 2)|]; return rows; }")]
    [InlineData("GC0406", "readonly State [|sum|] = new([8]); public Tensor F([Shape(8)] Tensor x) { sum.Set(sum + x); return sum; }")]
    [InlineData("GC0406", "readonly SessionState sum = new([8]); [Objective] public Tensor [|F|]([Shape(8)] Tensor x) { sum.Set(sum + x); return Sum(sum); }")]
    [InlineData("GC0106", "public Tensor F([Shape(3)] SessionState [|x|]) => x;")]
    [InlineData("GC0402", "readonly State a = new([3]); [Name(\"a\")] readonly SessionState [|b|] = new([3]); public Tensor F([Shape(3)] Tensor x) => x * a * b;")]
    [InlineData("GC0403", "readonly State a = [|new([3, 0])|]; public Tensor F([Shape(3)] Tensor x) => x;")]
    [InlineData("GC0404", "public Tensor F([Shape(3)] Tensor x) { var a = [|new SessionState([3])|]; return x; }")]
    [InlineData("GC0109", "public Tensor [|CreateSession|]([Shape(3)] Tensor x) => x;")]
    [InlineData("GC0203", "readonly State<float> a = [|new([3])|]; public Tensor F([Shape(3)] Tensor x) => x;")]
    [InlineData("GC0203", "readonly SessionState<char> a = [|new([3])|]; public Tensor F([Shape(3)] Tensor x) => x;")]
    [InlineData("GC0205", "readonly SessionState<byte> a = [|new([3], Init.Constant(-1))|]; public Tensor F([Shape(3)] Tensor x) => x + a.To<float>();")]
    [InlineData("GC0203", "readonly SessionState<int> row = new([2]); public Tensor F([Shape(3, 4)] Tensor x) => [|Gather(x, row)|];")]
    [InlineData("GC0203", "readonly SessionState<int> next = new([]); " + Rows + "public Tensor F([Shape(4, 8)] Tensor x) { [|rows.Write(x, at: next)|]; return rows; }")]
    [InlineData("GC0201", "public Tensor F([Shape(3)] Tensor x, [Shape(4)] Tensor y) => [|WhenTraining(x, y)|];")]
    public void Is_reported_at_its_place(string id, string members) => Reading.RejectMembers(id, members);

    [Fact]
    public void A_type_that_states_have_not_is_named()
    {
        var reading = Reading.Read(Reading.Compile(Reading.InClass(
            "readonly State<float> a = new([3]); readonly State<bool> b = new([3], Init.Constant(2)); public Tensor F([Shape(3)] Tensor x) => x;")));

        Assert.Equal(
            ["GC0203: a state of floats is a State, without a type argument", "GC0205: states of bool begin with one whole number from 0 to 1: Init.Constant(...)"],
            reading.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }
}
