using GraphCompiler;
using TinyGpt;

namespace Samples;

/// <content>Models with packed weights, which are zeros until they are quantised.</content>
sealed partial class Target
{
    /// <summary>A model of 8 bits that runs here.</summary>
    /// <exception cref="ArgumentException">The device has too little memory.</exception>
    public GptOfInt8 CreateInt8(ModelOptions options) => Create(() => new GptOfInt8(options: options), device => new GptOfInt8(0, device, options));

    /// <summary>A model of 4 bits that runs here.</summary>
    /// <exception cref="ArgumentException">The device has too little memory.</exception>
    public GptOfInt4 CreateInt4(ModelOptions options) => Create(() => new GptOfInt4(options: options), device => new GptOfInt4(0, device, options));
}
