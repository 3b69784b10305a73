using GraphCompiler;

namespace Digits;

// For the option memory: the compiler plans the model in each precision, to say what it would take.
[PlanEveryPrecision]
public sealed partial class DigitClassifier;
