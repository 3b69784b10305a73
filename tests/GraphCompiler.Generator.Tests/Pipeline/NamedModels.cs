using System.Globalization;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>What in a model has a name of the user's.</summary>
internal enum Role
{
    Namespace,
    Container,
    Class,
    Field,
    State,
    Property,
    Event,
    NestedType,
    Helper,
    Module,
    ModuleField,
    Method,
    Objective,
    SessionMethod,
    Input,
    Indices,
    Position,
    Result,
    Dimension,
    PassedDimension,
}

/// <summary>
/// Models that differ in nothing but names, with code that runs them. Everything else is named in full, so that what a name
/// of the user's hides, it hides from the compiler's own code alone.
/// </summary>
internal static class NamedModels
{
    const string Language = "global::GraphCompiler.";

    static readonly string[] Bodies =
    [
        // Rows, columns, lookups and their gradients.
        """
        {Tensor} fixedHidden = @{Helper}(@{Field}.Forward(@{Input}) + fixedTable.Forward(@{Indices}));
                return ({Ops}.Softmax(fixedHidden), fixedHidden.Max(0) * fixedWeights);
        """,
        // Attention over a named length, and what is put together.
        """
        {Tensor} fixedHidden = @{Helper}(@{Field}.Forward(@{Input})) - fixedTable.Forward(@{Indices});
                {Tensor} fixedMixed = {Ops}.Attention({Ops}.Unsqueeze(fixedHidden, 0), {Ops}.Unsqueeze(fixedHidden * fixedWeights, 0), {Ops}.Unsqueeze(fixedHidden, 0), causal: true).Sum(0);
                return ({Ops}.Concat([fixedMixed, fixedHidden], 1)[.., 4..12], fixedMixed.Mean(0));
        """,
    ];

    /// <summary>How many kinds of bodies there are.</summary>
    public static int Kinds => Bodies.Length;

    /// <summary>The source of a class.</summary>
    /// <param name="kind">Which body it has.</param>
    /// <param name="names">What everything is called.</param>
    /// <param name="number">A number that no other class has.</param>
    /// <param name="isFaulty">Whether its objective has a mistake.</param>
    public static string Source(int kind, IReadOnlyDictionary<Role, string> names, int number, bool isFaulty = false) => Fill($$"""
        namespace @{Namespace}.Case{{number}}
        {
            public static partial class @{Container}
            {
                [{Language}Graph, {Language}Dim("{Dimension}", Max = 6), {Language}Dim("{PassedDimension}", Max = 3)]
                public sealed partial class @{Class}
                {
                    readonly {Language}Linear @{Field} = new(4, 8);
                    readonly {Language}Embedding fixedTable = new(5, 8);
                    readonly global::Modules{{number}}.@{Module} fixedModule = new(8);
                    readonly {Language}Parameter fixedWeights = new([8], {Language}Init.Ones);
                    readonly {Language}SessionState @{State} = new([6, 8]);

                    int @{Property} => 2;

                    event global::System.Action @{Event} { add { } remove { } }

                    static class @{NestedType} { public const float FixedScale = 2; }

                    {Tensor} @{Helper}({Tensor} fixedX) => {Ops}.Relu(fixedModule.FixedForward(fixedX)) * @{NestedType}.FixedScale;

                    public ({Tensor} @{Result}, {Tensor}) @{Method}(
                        [{Language}Shape("{Dimension}", 4)] {Tensor} @{Input}, [{Language}Shape("{Dimension}")] {Tensor}<int> @{Indices})
                    {
                        {{Bodies[kind]}}
                    }

                    public {Tensor} FixedPairs([{Language}Shape("{Dimension}", "{PassedDimension}")] {Tensor} fixedX) => {Ops}.Exp(fixedX) + fixedX.Sum(1, keepDims: true);

                    public {Tensor} @{SessionMethod}([{Language}Shape(1, 8)] {Tensor} @{Input}, [{Language}Shape] {Tensor}<int> @{Position})
                    {
                        @{State}.Write(@{Input} * fixedWeights, @{Position});
                        return {Ops}.Tanh(@{State}).Sum(0);
                    }

                    [{Language}Objective]
                    public {Tensor} @{Objective}(
                        [{Language}Shape("{Dimension}", 4)] {Tensor} @{Input}, [{Language}Shape("{Dimension}")] {Tensor}<int> @{Indices})
                        => {Ops}.CrossEntropy({Ops}.Dropout(@{Method}(@{Input}, @{Indices}).@{Result}, 0.1f){{(isFaulty ? " + {Ops}.Ones(3)" : "")}}, @{Indices});
                }
            }
        }

        namespace Modules{{number}}
        {
            [{Language}Module]
            public sealed class @{Module}(int fixedSize)
            {
                readonly {Language}Parameter @{ModuleField} = new([fixedSize, fixedSize], {Language}Init.XavierUniform());

                public {Tensor} FixedForward({Tensor} fixedX) => {Ops}.MatMul(fixedX, @{ModuleField});
            }
        }
        """, names);

    /// <summary>A class whose Run uses the generated members of a class, by all names that they have of the user, and gives a sum of all results.</summary>
    public static string Runner(IReadOnlyDictionary<Role, string> names, int number) => Fill($$"""
        public static class Runner{{number}}
        {
            static float[] Numbers(int count) { float[] x = new float[count]; for (int i = 0; i < count; i++) x[i] = ((i * 7) % 11 - 5) * 0.25f; return x; }

            static float Sum(float[] x) { float sum = 0; foreach (float value in x) sum += value; return sum; }

            public static float Run()
            {
                using global::@{Namespace}.Case{{number}}.@{Container}.@{Class} model = new(seed: 1, options: new {Language}ModelOptions { Threads = 1 });
                int[] indices = [4, 0, 2];
                float[] first = new float[24], second = new float[8], pairs = new float[9], last = new float[8];
                model.@{Method}(@{Input}: Numbers(12), @{Indices}: indices, @{Result}: first, second);
                model.FixedPairs(Numbers(9), 3, pairs);
                using global::@{Namespace}.Case{{number}}.@{Container}.@{Class}.Session session = model.CreateSession();
                session.@{SessionMethod}(@{Input}: Numbers(8), @{Position}: 1, last);
                session.@{SessionMethod}(Numbers(8), 3, last);
                float sum = Sum(first) + Sum(second) + Sum(pairs) + Sum(last) + model.@{Objective}(@{Input}: Numbers(12), @{Indices}: indices);
                using global::@{Namespace}.Case{{number}}.@{Container}.@{Class}.Trainer trainer = model.CreateTrainer(new {Language}AdamW());
                for (int step = 0; step < 3; step++)
                    sum += trainer.Step(@{Input}: Numbers(12), @{Indices}: indices);
                return sum;
            }
        }
        """, names);

    /// <summary>Names that nothing else has, in the style of the language.</summary>
    public static Dictionary<Role, string> PlainNames() => Enum.GetValues<Role>().ToDictionary(role => role, Plain);

    /// <summary>Whether a name is one that the sources here give.</summary>
    public static bool IsOurs(string name) => name.StartsWith("the", StringComparison.OrdinalIgnoreCase) || name.StartsWith("fixed", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Case", StringComparison.Ordinal) || name.StartsWith("Modules", StringComparison.Ordinal) || name.StartsWith("Runner", StringComparison.Ordinal);

    public static string Plain(Role role)
        => role is Role.Field or Role.State or Role.ModuleField or Role.Input or Role.Indices or Role.Position or Role.Dimension or Role.PassedDimension
        ? "the" + role
        : "The" + role;

    static string Fill(string template, IReadOnlyDictionary<Role, string> names)
    {
        template = template.Replace("{Tensor}", Language + "Tensor", StringComparison.Ordinal).Replace("{Ops}", Language + "Ops", StringComparison.Ordinal)
            .Replace("{Language}", Language, StringComparison.Ordinal);
        foreach (var (role, name) in names)
            template = template.Replace("{" + role.ToString() + "}", name, StringComparison.Ordinal);
        return template;
    }

    public static string File(int number) => string.Create(CultureInfo.InvariantCulture, $"Case{number}.cs");
}
