using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>What a method's program calls the inputs, the results and the named dimensions of the method.</summary>
internal sealed class ProgramNames
{
    readonly NameScope scope = new(EmittedNames.Words);
    readonly Dictionary<string, string> fields = [];

    public ProgramNames(ModelMethod method)
    {
        foreach (string name in method.Inputs.Select(i => i.Name).Concat(method.Graph.Results.Select(r => r.Name)).Concat(Dimensions(method).Select(d => d.Name)))
        {
            if (!fields.ContainsKey(name))
                fields.Add(name, scope.Unique(EmittedNames.OfUsers(name)));
        }
    }

    /// <summary>The named dimensions in the order in which a program is given them.</summary>
    public static IEnumerable<DimSymbol> Dimensions(ModelMethod method)
    {
        var (deduced, passed) = InputFacts.Dimensions(method);
        return deduced.Select(d => d.Symbol).Concat(passed);
    }

    /// <summary>The field of an input, a result or a dimension.</summary>
    public string this[string name] => fields[name];

    /// <summary>A dimension over the fields of the named ones.</summary>
    public string Size(Dim dim) => Literals.Size(dim, name => this[name]);

    /// <summary>As <see cref="Size"/>, as a part of a larger expression.</summary>
    public Expression SizeExpression(Dim dim) => Expression.Size(dim, name => this[name]);

    /// <summary>A field for something else.</summary>
    public string Unique(string wanted) => scope.Unique(wanted);
}
