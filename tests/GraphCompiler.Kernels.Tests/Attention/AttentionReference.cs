namespace GraphCompiler.Kernels.Tests;

/// <summary>Attention and its gradients by their definitions, in double precision.</summary>
internal sealed class AttentionReference
{
    readonly AttentionShape shape;
    readonly AttentionData query, key, value;
    readonly byte[]? keyMask;
    readonly Func<long, double> dropoutFactor;

    public AttentionReference(
        AttentionShape shape, AttentionData query, AttentionData key, AttentionData value, byte[]? keyMask,
        Func<long, double> dropoutFactor)
    {
        this.shape = shape;
        (this.query, this.key, this.value, this.keyMask) = (query, key, value, keyMask);
        this.dropoutFactor = dropoutFactor;
        int queries = shape.Batch * shape.QueryLength * shape.Heads;
        int keys = shape.Batch * shape.KeyLength * shape.KeyHeads;
        Result = new double[queries * shape.HeadSize];
        QueryGradient = new double[queries * shape.HeadSize];
        KeyGradient = new double[keys * shape.HeadSize];
        ValueGradient = new double[keys * shape.HeadSize];
        LogSumExp = new double[queries];
    }

    public double[] Result { get; }

    /// <summary>[batch, heads, query length].</summary>
    public double[] LogSumExp { get; }

    public double[] QueryGradient { get; }

    public double[] KeyGradient { get; }

    public double[] ValueGradient { get; }

    public void Run(AttentionData? cotangent)
    {
        for (int b = 0; b < shape.Batch; b++)
        {
            for (int h = 0; h < shape.Heads; h++)
            {
                for (int i = 0; i < shape.QueryLength; i++)
                    RunQuery(b, h, i, cotangent);
            }
        }
    }

    bool Attends(int b, int i, int j)
    {
        int position = shape.KeyCount - shape.QueryLength + i;
        if (keyMask is not null && keyMask[(b * shape.KeyLength) + j] == 0)
            return false;
        if (shape.IsCausal && j > position)
            return false;
        if (shape.Window == 0)
            return true;
        return shape.IsCausal ? j > (long)position - shape.Window : Math.Abs(position - j) < shape.Window;
    }

    void RunQuery(int b, int h, int i, AttentionData? cotangent)
    {
        int kh = h / (shape.Heads / shape.KeyHeads);
        int[] keys = [.. Enumerable.Range(0, shape.KeyCount).Where(j => Attends(b, i, j))];
        double[] scores = [.. keys.Select(j => shape.Scale * Dot(query.Row(b, i, h), key.Row(b, j, kh)))];
        double maximum = scores.Length == 0 ? 0 : scores.Max();
        double total = scores.Sum(s => Math.Exp(s - maximum));
        int row = (((b * shape.QueryLength) + i) * shape.Heads) + h;
        LogSumExp[(((b * shape.Heads) + h) * shape.QueryLength) + i] = maximum + Math.Log(total);
        double[] weights = [.. scores.Select(s => Math.Exp(s - maximum) / total)];
        double[] factors = [.. keys.Select(j => dropoutFactor(
            (((((long)b * shape.Heads) + h) * shape.QueryLength) + i) * shape.KeyLength + j))];
        for (int n = 0; n < keys.Length; n++)
            AddTo(Result, row, weights[n] * factors[n], value.Row(b, keys[n], kh));
        if (cotangent is null)
            return;
        double[] ofWeights = [.. keys.Select((j, n) =>
            factors[n] * Dot(cotangent.Row(b, i, h), value.Row(b, j, kh)))];
        double mean = weights.Zip(ofWeights, (w, g) => w * g).Sum();
        for (int n = 0; n < keys.Length; n++)
        {
            double ofScore = weights[n] * (ofWeights[n] - mean) * shape.Scale;
            int keyRow = (((b * shape.KeyLength) + keys[n]) * shape.KeyHeads) + kh;
            AddTo(QueryGradient, row, ofScore, key.Row(b, keys[n], kh));
            AddTo(KeyGradient, keyRow, ofScore, query.Row(b, i, h));
            AddTo(ValueGradient, keyRow, weights[n] * factors[n], cotangent.Row(b, i, h));
        }
    }

    static void AddTo(double[] rows, int row, double factor, ReadOnlySpan<float> addend)
    {
        Span<double> sums = rows.AsSpan(row * addend.Length, addend.Length);
        for (int c = 0; c < addend.Length; c++)
            sums[c] += factor * addend[c];
    }

    static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int c = 0; c < left.Length; c++)
            sum += (double)left[c] * right[c];
        return sum;
    }
}
