using GraphCompiler;
using TinyGpt;

namespace Samples;

/// <content>Models with packed weights, which are zeros until they are quantised.</content>
sealed partial class Target
{
    /// <summary>A model of 8 bits that runs here.</summary>
    public GptOfInt8 CreateInt8(ModelOptions options) => new(options: options);

    /// <summary>A model of 4 bits that runs here.</summary>
    public GptOfInt4 CreateInt4(ModelOptions options) => new(options: options);
}
