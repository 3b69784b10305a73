using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;

[assembly: GraphCompiler.Ilgpu.DeviceOptimizers(typeof(GraphCompiler.Sgd), typeof(GraphCompiler.Adam), typeof(GraphCompiler.AdamW))]
[assembly: GraphCompiler.Ilgpu.DeviceOptimizers(typeof(GraphCompiler.GradientSum), typeof(GraphCompiler.GradientClipping))]

namespace GraphCompiler.Ilgpu;

/// <summary>
/// Asks the compiler for device kernels of optimizers that other assemblies declare, which were compiled without a reference to
/// GraphCompiler.Ilgpu. An optimizer of a project that has the reference gets its kernels there.
/// </summary>
/// <param name="optimizers">Classes marked <see cref="OptimizerAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DeviceOptimizersAttribute(params Type[] optimizers) : Attribute
{
    /// <summary>Classes marked <see cref="OptimizerAttribute"/>.</summary>
    public IReadOnlyList<Type> Optimizers { get; } = optimizers;
}

/// <summary>Written by the compiler: the kernels of an optimizer's formula.</summary>
/// <param name="optimizer">The class, by the name that reflection gives it.</param>
/// <param name="number">Which of its formulas.</param>
/// <param name="kernels">The class that declares the kernels.</param>
/// <param name="uniform">The kernel for parameters that have the same settings.</param>
/// <param name="ofGroups">The kernel for parameters with settings of their own.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DeviceFormulaAttribute(
    string optimizer, int number, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type kernels, string uniform, string ofGroups)
    : Attribute
{
    /// <summary>The class, by the name that reflection gives it.</summary>
    public string Optimizer { get; } = optimizer;

    /// <summary>Which of its formulas.</summary>
    public int Number { get; } = number;

    /// <summary>The class that declares the kernels.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type Kernels { get; } = kernels;

    /// <summary>The kernel for parameters that have the same settings.</summary>
    public string Uniform { get; } = uniform;

    /// <summary>The kernel for parameters with settings of their own.</summary>
    public string OfGroups { get; } = ofGroups;

    /// <summary>How many coefficients the formula has.</summary>
    public int Coefficients { get; init; }

    /// <summary>How many states the formula has.</summary>
    public int States { get; init; }

    /// <summary>How many sums over a parameter the formula has; their kernels are called as the others, with <c>_Sums</c> behind it.</summary>
    public int Sums { get; init; }
}

/// <summary>The kernels of a formula.</summary>
/// <param name="Apply">The update.</param>
/// <param name="Sum">Its sums over parts of parameters; null if it has none.</param>
readonly record struct FormulaKernels(Action<UpdateArguments> Apply, Action<UpdateArguments>? Sum);

/// <summary>Finds the kernels of an optimizer's formula in the assemblies that may have them.</summary>
static class DeviceFormulas
{
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="model">The class of the model, or another whose assembly may have the kernels.</param>
    /// <param name="hasGroups">Whether parameters have settings of their own.</param>
    /// <exception cref="DeviceException">No assembly has the kernels, or ones that another version of the formula was compiled to.</exception>
    public static FormulaKernels KernelsOf(Optimizer optimizer, Type model, bool hasGroups)
    {
        var formula = optimizer.Formula;
        // The formula is a class in the one that declares it, which may be a base class of the optimizer's.
        var declaring = formula.GetType().DeclaringType!;
        var found = new[] { declaring.Assembly, typeof(DeviceFormulas).Assembly, model.Assembly, Assembly.GetEntryAssembly() }
            .Where(assembly => assembly is not null).Distinct()
            .SelectMany(assembly => assembly!.GetCustomAttributes<DeviceFormulaAttribute>())
            .FirstOrDefault(kernels => kernels.Optimizer == declaring.FullName && kernels.Number == formula.Number)
            ?? throw new DeviceException(
                $"The optimizer {declaring.Name} has no form for devices: let its project reference GraphCompiler.Ilgpu, or write [assembly: DeviceOptimizers(typeof({declaring.Name}))] in the project of the model.");
        if (found.Coefficients != formula.Coefficients || found.States != formula.StateNames.Count || found.Sums != formula.Sums)
            throw new DeviceException($"The optimizer {declaring.Name} is of another version than its form for devices: compile both projects again.");
        string name = hasGroups ? found.OfGroups : found.Uniform;
        Action<UpdateArguments> Kernel(string kernel) => found.Kernels.GetMethod(kernel)!.CreateDelegate<Action<UpdateArguments>>();
        return new FormulaKernels(Kernel(name), formula.Sums > 0 ? Kernel(name + "_Sums") : null);
    }
}
