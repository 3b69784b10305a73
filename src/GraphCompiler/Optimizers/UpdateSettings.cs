namespace GraphCompiler;

/// <summary>What parameters may be updated with that others are not.</summary>
/// <param name="LearningRate">The learning rate, before the factor of the schedule.</param>
/// <param name="WeightDecay">How strongly they are drawn to zero.</param>
/// <param name="ClipNorm">The norm to clip to of all gradients of <paramref name="ClippedWith"/>; infinite if nothing is clipped.</param>
/// <param name="ClippedWith">A number for the parameters whose gradients are clipped as one vector.</param>
internal readonly record struct UpdateSettings(double LearningRate, double WeightDecay, double ClipNorm, int ClippedWith)
{
    /// <summary>The settings that an optimizer has for parameters, each once, in the order of the first parameter that has them.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="clipNorm">The norm to clip to; null clips nothing.</param>
    /// <param name="parameters">All parameters of the model.</param>
    /// <returns>The settings; and for each of the trainable parameters, which of them count.</returns>
    /// <exception cref="ArgumentException">A pattern of a group fits no parameter.</exception>
    public static (UpdateSettings[] Settings, int[] OfParameters) Of(Optimizer optimizer, double? clipNorm, IReadOnlyList<ModelParameter> parameters)
    {
        foreach (ParameterGroup group in optimizer.Groups)
            group.RequireParameters(parameters);
        List<UpdateSettings> settings = [];
        List<int> indices = [];
        foreach (ModelParameter parameter in parameters.Where(parameter => !parameter.IsFrozen))
        {
            int number = optimizer.Groups.ToList().FindIndex(each => each.Has(parameter));
            ParameterGroup? group = number < 0 ? null : optimizer.Groups[number];
            UpdateSettings own = new(
                group?.LearningRate ?? optimizer.LearningRate, group?.WeightDecay ?? (optimizer.DecayRule(parameter) ? optimizer.WeightDecay : 0),
                group?.ClipNorm ?? clipNorm ?? double.PositiveInfinity, ClippedWith: group?.ClipNorm is null ? -1 : number);
            int index = settings.IndexOf(own);
            if (index < 0)
            {
                index = settings.Count;
                settings.Add(own);
            }
            indices.Add(index);
        }
        return ([.. settings], [.. indices]);
    }
}
