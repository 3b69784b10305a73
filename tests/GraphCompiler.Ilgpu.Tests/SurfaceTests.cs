#if ILGPU
extern alias Reference;

using System.Reflection;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>What the reference executor declares is what ILGPU has.</summary>
public class SurfaceTests
{
    const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    [Fact]
    public void Every_declared_type_and_member_exists()
    {
        var ilgpu = typeof(ILGPU.Context).Assembly;
        var missing = new List<string>();
        foreach (var declared in typeof(Reference::ILGPU.Context).Assembly.GetExportedTypes().Where(t => t.Namespace!.StartsWith("ILGPU", StringComparison.Ordinal)))
        {
            // Some interfaces lie in another namespace there; nobody names them.
            var real = ilgpu.GetType(declared.FullName!);
            if (real is null && !declared.IsInterface)
                missing.Add(declared.FullName!);
            if (real is null)
                continue;
            foreach (var method in declared.GetMethods(Public | BindingFlags.DeclaredOnly).Where(m => m.Name != "Dispose" && !m.Name.StartsWith('<')))
            {
                int parameters = method.GetParameters().Length, types = method.GetGenericArguments().Length;
                if (!real.GetInterfaces().Append(real).SelectMany(t => t.GetMethods(Public | BindingFlags.FlattenHierarchy)).Any(m => m.Name == method.Name && m.GetParameters().Length == parameters && m.GetGenericArguments().Length == types))
                    missing.Add($"{declared.FullName}.{method.Name} with {parameters} parameters and {types} types");
            }
        }
        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }
}
#endif
