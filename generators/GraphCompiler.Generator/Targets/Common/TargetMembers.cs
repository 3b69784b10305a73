using System.Collections.Generic;
using System.Threading;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// What a target beside the CPU adds to a model's class and to its file. As it stands here, it adds nothing: that is the
/// class of a project without such a target.
/// </summary>
internal class TargetMembers
{
    /// <summary>Whether programs of the CPU are not all that may run, so that their fields may stay empty.</summary>
    public virtual bool IsPresent => false;

    /// <summary>The programs and their kernels, in a namespace of their own.</summary>
    public virtual string Programs(CancellationToken cancellation) => "";

    /// <summary>What a method's program takes there, in bytes, once <see cref="Programs"/> has written it; null where there is none.</summary>
    public virtual (long Arena, long Workspace)? MemoryOf(ModelMethod method, bool isTraining) => null;

    /// <summary>Members of the class, and its other constructor.</summary>
    public virtual void WriteConstructor(SourceWriter writer) { }

    /// <summary>The branch of a method's counterpart.</summary>
    public virtual void WriteInference(SourceWriter writer, CompiledMethod method, Door door, bool isNumber) { }

    /// <summary>The fields of a session.</summary>
    public virtual void WriteSessionFields(SourceWriter writer, IEnumerable<CompiledMethod> methods) { }

    /// <summary>The branch of a session's constructor.</summary>
    public virtual void WriteSessionPrograms(SourceWriter writer, IEnumerable<CompiledMethod> methods) { }

    /// <summary>The branch of a session's method.</summary>
    public virtual void WriteSessionRun(SourceWriter writer, CompiledMethod method, Door door, bool isNumber) { }

    /// <summary>The expression that creates a trainer of the model's own target.</summary>
    public virtual string CreateTrainer(CompiledMethod method, string createOnCpu) => createOnCpu;

    /// <summary>The branch of a trainer's step.</summary>
    public virtual void WriteStep(SourceWriter writer, Door door) { }

    /// <summary>Further members of a trainer.</summary>
    public virtual void WriteTrainerMembers(SourceWriter writer, CompiledMethod method, Door door) { }
}
