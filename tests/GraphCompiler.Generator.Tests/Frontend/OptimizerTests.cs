using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Pipeline;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>What is read of classes marked [Optimizer], and what is said of mistakes in them.</summary>
public sealed class OptimizerTests
{
    const string Whole = "protected override Tensor Update(Tensor parameter, Tensor gradient, UpdateStep step)";

    static string InClass(string members, string declaration = "public sealed partial class Own : Optimizer") => $$"""
        [Optimizer]
        {{declaration}}
        {
            public Own() : base(learningRate: 0.1) { }
            {{members}}
        }
        """;

    internal static OptimizerReading Read(string source)
    {
        var compilation = Reading.Compile(source);
        var declaration = compilation.SyntaxTrees.Single().GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().First(c => c.AttributeLists.Count > 0);
        return OptimizerReader.Read(compilation, compilation.GetSemanticModel(declaration.SyntaxTree).GetDeclaredSymbol(declaration)!, CancellationToken.None);
    }

    static OptimizerModel Accept(string members)
    {
        var reading = Read(InClass(members));
        Assert.Empty(reading.Diagnostics.Select(d => d.ToString()));
        return Assert.IsType<OptimizerModel>(reading.Model);
    }

    /// <summary>A source in which [|...|] marks the place of the one expected diagnostic.</summary>
    static DiagnosticInfo Reject(string id, string marked)
    {
        int start = marked.IndexOf("[|", StringComparison.Ordinal), end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        Assert.True(start >= 0 && end >= start, "The source marks no place.");
        string source = marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
        var reading = Read(source);
        var diagnostic = Assert.Single(reading.Diagnostics);
        Assert.Equal(id, diagnostic.Descriptor.Id);
        string text = Reading.Compile(source).SyntaxTrees.Single().ToString();
        Assert.Equal(source[start..end], text.Substring(diagnostic.Location.Span.Start, diagnostic.Location.Span.Length));
        Assert.Equal(text.Length - source.Length + start, diagnostic.Location.Span.Start);
        Assert.Null(reading.Model);
        return diagnostic;
    }

    static void RejectMembers(string id, string members, string says)
    {
        var diagnostic = Reject(id, InClass(members));
        Assert.Contains(says, string.Join(" ", diagnostic.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_worked_out_once_an_update_and_meet_tensors_as_floats()
    {
        var formula = Assert.Single(Accept($$"""
            public double Beta { get; init; } = 0.9;
            {{Whole}} => parameter - step.LearningRate / (1 - Math.Pow(Beta, step.Number)) * gradient;
            """).Formulas);

        Assert.Equal(
            "(float)(step.LearningRate / (1d - global::System.Math.Pow(optimizer.Beta, (double)step.Number)))",
            Assert.Single(formula.Coefficients).Text);
        Assert.Empty(formula.Conditions);
    }

    [Fact]
    public void What_the_learning_rate_or_weight_decay_is_in_differs_between_groups()
    {
        var formula = Assert.Single(Accept($$"""
            public double Beta { get; init; } = 0.9;
            {{Whole}} => parameter * (1 - step.LearningRate * step.WeightDecay) - step.LearningRate * (Beta * gradient);
            """).Formulas);

        Assert.Equal([true, true, false], formula.Coefficients.Select(c => c.IsOfGroup));
    }

    /// <summary>The sums are taken of what the update begins with, in a kernel of their own, and equal ones once.</summary>
    [Fact]
    public void Sums_over_a_parameter_are_numbers_of_the_update()
    {
        var formula = Assert.Single(Accept($$"""
            {{Whole}} => parameter - step.LearningRate * Sqrt(Sum(parameter * parameter)) / (Sqrt(Sum(gradient * gradient)) + Sum(parameter * parameter)) * gradient;
            """).Formulas);
        var kernels = UpdateKernel.Of(formula, CancellationToken.None);

        Assert.Equal(2, kernels.Sums.Count);
        Assert.Empty(kernels.Summed!.Stores);
        Assert.DoesNotContain(kernels.Update.Members, member => member.Op == Op.ReduceSum);
    }

    [Fact]
    public void Conditions_on_hyper_parameters_choose_between_formulas()
    {
        var formulas = Accept($$"""
            readonly OptimizerState sum = new();
            public double Momentum { get; init; }
            public bool Sign { get; init; }
            bool HasMomentum => Momentum > 0;
            {{Whole}}
            {
                Tensor direction = gradient;
                if (HasMomentum)
                {
                    direction = Momentum * sum + direction;
                    sum.Set(direction);
                    if (Sign)
                        direction = Ops.Sign(direction);
                }
                return parameter - step.LearningRate * direction;
            }
            """).Formulas;

        Assert.Equal(3, formulas.Count);
        Assert.Equal([true, true], formulas[0].Conditions.Select(c => c.Holds));
        Assert.Equal([true, false], formulas[1].Conditions.Select(c => c.Holds));
        Assert.Equal([false], formulas[2].Conditions.Select(c => c.Holds));
        Assert.Equal(["(optimizer.Momentum > 0d)", "optimizer.Sign"], formulas[0].Conditions.Select(c => c.Text));
        Assert.Equal([1, 1, 0], formulas.Select(f => f.StateNames.Count));
    }

    [Fact]
    public void Checkpoints_call_states_and_hyper_parameters_by_their_names_in_small_letters()
    {
        var model = Accept($$"""
            [Name("exp_avg")] readonly OptimizerState mean = new();
            readonly OptimizerState largestSquare = new();
            public double TrustRatio { get; init; }
            [Name("amsgrad")] public bool UsesLargest { get; init; }
            {{Whole}}
            {
                mean.Set(TrustRatio * mean + gradient);
                largestSquare.Set(Ops.Maximum(largestSquare, gradient * gradient));
                return parameter - step.LearningRate * mean / (Ops.Sqrt(largestSquare) + 1e-8);
            }
            """);

        Assert.Equal(["exp_avg", "largest_square"], Assert.Single(model.Formulas).StateNames);
        Assert.Equal(["trust_ratio", "amsgrad"], model.Hyperparameters.Select(h => h.Name));
    }

    [Fact]
    public void Parts_of_blocks_and_shapes_are_no_updates()
    {
        RejectMembers("GC0502", $"{Whole} => parameter - gradient / [|Max(gradient)|];", "Max: an update computes each element from the same element");
        RejectMembers("GC0502", $"{Whole} => parameter - [|Sum(gradient / Sum(gradient))|] * gradient;", "Sum: what it adds up depends on another sum");
        RejectMembers("GC0502", $"{Whole} => parameter - [|gradient.Reshape(4, -1)|];", "Reshape");
        RejectMembers("GC0502", $"{Whole} => parameter - [|gradient[0]|];", "Index");
        RejectMembers("GC0502", $"{Whole} => parameter - [|Dropout(gradient, 0.5f)|];", "Dropout");
        RejectMembers("GC0502", $$"""
            readonly OptimizerState sum = new();
            {{Whole}}
            {
                [|sum.Write(gradient, 0)|];
                return parameter - sum;
            }
            """, "Write");
    }

    [Fact]
    public void States_that_are_read_are_set()
    {
        RejectMembers("GC0503", $$"""
            readonly OptimizerState [|sum|] = new();
            {{Whole}} => parameter - sum - gradient;
            """, "reads and does not set");
        RejectMembers("GC0503", $$"""
            readonly OptimizerState [|sum|] = new();
            {{Whole}} => parameter - gradient;
            """, "no formula uses");
    }

    [Fact]
    public void What_changes_with_the_step_chooses_between_numbers_alone()
    {
        RejectMembers("GC0302", $"{Whole} => [|step.Number == 1|] ? parameter - gradient : parameter;", "differs from update to update");
        RejectMembers("GC0303", $"{Whole} => parameter - [|LearningRate|] * gradient;", "'step.LearningRate'");
        RejectMembers("GC0303", $$"""
            readonly string text = "";
            {{Whole}} => parameter - [|text|].Length * gradient;
            """, "is no number");
    }

    [Theory]
    [InlineData("public sealed class [|Own|] : Optimizer", "declare it partial")]
    [InlineData("public sealed partial class [|Own|]<T> : Optimizer", "type parameters")]
    public void The_class_can_be_extended(string declaration, string says)
    {
        var diagnostic = Reject("GC0501", InClass($"{Whole} => parameter - gradient;", declaration));
        Assert.Contains(says, diagnostic.Arguments[1], StringComparison.Ordinal);
    }

    /// <summary>A mistake is the only error, whatever else the class would have.</summary>
    [Fact]
    public void An_optimizer_with_a_mistake_gives_one_error()
    {
        var faults = GeneratorRun.Faults(InClass($"{Whole} => parameter - gradient / Max(gradient);"));

        Assert.Equal(["GC0502"], faults.Select(d => d.Id));
    }

    [Fact]
    public void The_documented_optimizer_compiles_without_a_warning()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/optimizers.md"));
        int start = page.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;

        GeneratorRun.Accept(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);
    }

    [Fact]
    public void A_class_in_others_compiles_without_a_warning() => GeneratorRun.Accept($$"""
        using GraphCompiler;

        namespace Example.Deep
        {
            internal partial class Outer
            {
                internal partial struct Inner
                {
                    [Optimizer]
                    internal sealed partial class Formula0 : Optimizer
                    {
                        readonly OptimizerState @float = new();
                        private int power = 2;

                        public Formula0() : base(learningRate: 0.1) { }

                        public double Momentum { get; init; }

                        {{Whole}}
                        {
                            Tensor direction = Momentum * @float + gradient;
                            for (int i = 1; i < 3; i++)
                                direction = direction * System.Math.Max(power, 1);
                            @float.Set(direction);
                            return parameter - step.LearningRate * direction;
                        }
                    }
                }
            }
        }
        """);

    [Fact]
    public void An_edit_elsewhere_reads_no_optimizer_again()
    {
        var generator = new ModelGenerator();
        string source = "using GraphCompiler; using System; using static GraphCompiler.Ops;\n" + InClass($"{Whole} => parameter - gradient;");
        var first = GeneratorRun.Compile(source, "class Other { int x; }");
        var driver = CSharpGeneratorDriver.Create(generator).RunGenerators(first);
        Assert.Equal(1, generator.OptimizerReadings.Count);

        driver.RunGenerators(first.ReplaceSyntaxTree(first.SyntaxTrees[1], GeneratorRun.Parse("class Other { long y; }", "File1.cs")));
        Assert.Equal(1, generator.OptimizerReadings.Count);
    }
}
