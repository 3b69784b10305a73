using System.Collections.Generic;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// What the generated part of a class calls what it adds: private members beside the user's own, and the programs, which
/// lie in a namespace of the class's own. Graph methods whose names differ in case alone, or by a suffix used here, give
/// different names.
/// </summary>
internal sealed class ModelNames
{
    public const string ParameterLayout = "parameterLayout";
    public const string StateLayout = "stateLayout";
    public const string SessionLayout = "sessionLayout";
    public const string OnDevice = "onDevice";

    /// <summary>The class that has what the model's report is made of, beside its programs.</summary>
    public const string Report = "Report";

    /// <summary>Members that users of the class see.</summary>
    static readonly string[] PublicMembers = ["Trainer", "CreateTrainer", "Session", "CreateSession", "MemoryReport", "get_MemoryReport", "ReportData", "get_ReportData"];

    static readonly string[] Layouts = [ParameterLayout, StateLayout, SessionLayout];

    readonly Dictionary<string, string> pools = [];
    readonly Dictionary<string, string> onDevice = [];
    readonly Dictionary<string, string> sessionFields = [];
    readonly Dictionary<string, string> programs = [];
    readonly Dictionary<string, string> trainingPrograms = [];

    /// <param name="methods">The names of the graph methods; each counts once.</param>
    public ModelNames(IEnumerable<string> methods)
    {
        string[] names = [.. methods.Distinct()];
        var members = new NameScope([.. names, .. Layouts, OnDevice]);
        var session = new NameScope(names);
        SessionModel = session.Unique("model");
        var types = new NameScope(["Kernels", "DeviceKernels", ConstantEmitter.Class, Report]);
        foreach (string name in names)
        {
            string small = Literals.Camel(name);
            pools.Add(name, members.Unique(small + "Programs"));
            onDevice.Add(name, members.Unique(small + "OnDevice"));
            sessionFields.Add(name, session.Unique(small + "Program"));
            programs.Add(name, types.Unique(name + "Program"));
        }
        foreach (string name in names)
            trainingPrograms.Add(name, types.Unique(name + "TrainingProgram"));
    }

    /// <summary>The members that a class of these methods gets, which no member of the user's and not the class itself may be called.</summary>
    /// <param name="forDevices">Whether it also runs on devices.</param>
    public IEnumerable<string> Members(bool forDevices) =>
        PublicMembers.Concat(Layouts).Concat(pools.Values).Concat(forDevices ? onDevice.Values.Append(OnDevice) : []);

    /// <summary>The field that holds a method's programs.</summary>
    public string Pool(ModelMethod method) => pools[method.Name];

    /// <summary>The field that holds a method's program on the device, of a class or a session.</summary>
    public string OnDeviceOf(ModelMethod method) => onDevice[method.Name];

    /// <summary>A session's field that holds its model.</summary>
    public string SessionModel { get; }

    /// <summary>A session's field that holds a method's program.</summary>
    public string SessionField(ModelMethod method) => sessionFields[method.Name];

    /// <summary>The class of a method's program.</summary>
    public string Program(ModelMethod method) => programs[method.Name];

    /// <summary>The class of an objective's program that makes gradients too.</summary>
    public string TrainingProgram(ModelMethod method) => trainingPrograms[method.Name];

    /// <summary>A model's class, in full.</summary>
    public static string FullName(Model model) => FullName(model.Namespace, model.ContainingTypes, model.Name);

    /// <summary>A class's full name, as code of any namespace may write it.</summary>
    public static string FullName(string space, IEnumerable<ContainingType> containers, string name) =>
        $"global::{(space.Length > 0 ? space + "." : "")}{string.Join(".", containers.Select(c => c.Name).Append(name).Select(Literals.TypeName))}";

    /// <summary>
    /// The namespace of a class's programs: its full name in one word, in which "_0" stands for an underline, so that
    /// different classes have different words. (No part of a name begins with a digit.)
    /// </summary>
    public static string Namespace(string space, IEnumerable<ContainingType> containers, string name)
    {
        var word = new StringBuilder();
        foreach (string part in space.Split('.').Concat(containers.Select(c => c.Name)).Append(name).Where(p => p.Length > 0))
            word.Append(word.Length > 0 ? "_" : "").Append(part.TrimStart('@').Replace("_", "_0"));
        return "GraphCompiler.Emitted." + Literals.TypeName(word.ToString());
    }
}
