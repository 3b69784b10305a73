namespace GraphCompiler;

/// <summary>
/// A tensor of a session: keys and values of attention that were computed already, a hidden state. It is declared as a
/// field of a model or module. A graph method that uses it becomes a method of the model's nested class <c>Session</c>;
/// each session has its own values, every call may update them, and its <c>Reset</c> gives them their first values again.
/// </summary>
public sealed class SessionState : UpdatableTensor
{
    /// <summary>Declares state of sessions.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">Its first values, one of <see cref="Init"/>; zeros if left out.</param>
    public SessionState(int[] shape, Initializer? initializer = null)
        : base(shape, initializer)
    {
    }
}
