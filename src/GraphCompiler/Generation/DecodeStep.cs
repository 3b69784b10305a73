namespace GraphCompiler.Generation;

/// <summary>
/// Feeds tokens to a model that remembers the ones before (a KV cache) and computes the logits of the one to follow. A
/// method of a compiled model's session with these parameters converts to it.
/// </summary>
/// <param name="tokens">The tokens to add, at least one.</param>
/// <param name="position">
/// The position of the first of them: how many are remembered before it. 0 begins anew; what lies at this position and
/// after it is overwritten.
/// </param>
/// <param name="logits">Receives the logits that follow the last of the tokens, one for each token of the vocabulary.</param>
public delegate void DecodeStep(ReadOnlySpan<int> tokens, int position, Span<float> logits);

/// <summary>Computes the logits of the token that follows some tokens, by a model that remembers nothing.</summary>
/// <param name="tokens">All tokens, at least one and no more than the context's length.</param>
/// <param name="logits">Receives the logits that follow the last of the tokens, one for each token of the vocabulary.</param>
public delegate void ForwardPass(ReadOnlySpan<int> tokens, Span<float> logits);
