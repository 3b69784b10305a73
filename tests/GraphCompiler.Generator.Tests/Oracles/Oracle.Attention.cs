using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Attention by its dense formula: for each query the weights of all keys, one after the other.
internal sealed partial class Oracle
{
    double[] Attention(Node node, int[] shape, TensorValue[] inputs)
    {
        var attention = new DenseAttention(this, node.Get<AttentionAttributes>().Form, inputs);
        double[] result = new double[TensorValue.SizeOf(shape)];
        foreach (var row in attention.Rows())
        {
            switch (node.Op)
            {
                case Op.Attention:
                    attention.AddResult(row, result);
                    break;
                case Op.AttentionLogSumExp:
                    result[row.Number] = row.LogSumExp;
                    break;
                default:
                    attention.AddGradient(row, node.Get<AttentionGradientAttributes>().Operand, node.Inputs[^3].Type.IsNarrow(), result);
                    break;
            }
        }
        return result;
    }

    /// <summary>The softmax of one query in one head.</summary>
    /// <param name="Number">Its element in [batch, heads, queryLength].</param>
    /// <param name="Query">Where the query begins; a result of the query lies likewise.</param>
    /// <param name="Keys">Where each key begins; a value lies likewise.</param>
    /// <param name="Weights">The weight of each key; 0 where the query does not see it.</param>
    /// <param name="Kept">What dropout multiplies each weight by.</param>
    /// <param name="LogSumExp">The logarithm of what the weights were divided by.</param>
    sealed record AttentionRow(int Number, int Query, int[] Keys, double[] Weights, double[] Kept, double LogSumExp);

    sealed class DenseAttention
    {
        readonly AttentionForm form;
        readonly AttentionOperands<TensorValue> operands;
        readonly int batch, queryLength, heads, headSize, keyLength, keyHeads, keyCount;
        readonly double[]? keyMask, uniform;

        public DenseAttention(Oracle oracle, AttentionForm form, TensorValue[] inputs)
        {
            this.form = form;
            operands = form.Operands(inputs);
            int[] query = operands.Query.Shape, key = operands.Key.Shape;
            int rank = query.Length;
            batch = query.Take(rank - 3).Aggregate(1, (product, size) => product * size);
            (queryLength, heads, headSize) = (query[rank - 3], query[rank - 2], query[rank - 1]);
            (keyLength, keyHeads) = (key[rank - 3], key[rank - 2]);
            keyCount = operands.TryGetKeyCount(out var count) ? InRange(count.Elements[0], keyLength + 1) : keyLength;
            keyMask = operands.TryGetKeyMask(out var mask) ? mask.Elements : null;
            if (form.Dropout > 0 && oracle.bindings.Training)
                uniform = oracle.Uniform((uint)form.Stream, [batch, heads, queryLength, keyLength]);
        }

        public System.Collections.Generic.IEnumerable<AttentionRow> Rows()
        {
            for (int number = 0; number < batch * heads * queryLength; number++)
                yield return Row(number);
        }

        /// <summary>Whether a query may see a key, masks aside.</summary>
        bool Sees(int query, int key)
        {
            int distance = keyCount - queryLength + query - key;
            return key < keyCount && (!form.IsCausal || distance >= 0) && (form.Window == 0 || (distance < form.Window && distance > -form.Window));
        }

        AttentionRow Row(int number)
        {
            int b = number / (heads * queryLength), h = number / queryLength % heads, i = number % queryLength;
            int query = ((((b * queryLength) + i) * heads) + h) * headSize;
            int[] keys = [.. Enumerable.Range(0, keyLength).Select(j => ((((b * keyLength) + j) * keyHeads) + (h / (heads / keyHeads))) * headSize)];
            double[] scores = [.. keys.Select((key, j) =>
                Sees(i, j) && (keyMask is null || keyMask[(b * keyLength) + j] != 0)
                    ? form.Scale * Dot(operands.Query, query, operands.Key, key)
                    : double.NegativeInfinity)];
            double logSumExp = scores.All(double.IsNegativeInfinity) ? double.NegativeInfinity : LogSumExp(scores);
            double[] weights = [.. scores.Select(s => double.IsNegativeInfinity(s) ? 0 : Math.Exp(s - logSumExp))];
            double[] kept = [.. keys.Select((_, j) => Kept((number * keyLength) + j))];
            return new AttentionRow(number, query, keys, weights, kept, logSumExp);
        }

        double Kept(int element) => uniform is null ? 1 : uniform[element] >= (float)form.Dropout ? 1 / (1 - form.Dropout) : 0;

        double Dot(TensorValue x, int start, TensorValue y, int other)
        {
            double sum = 0;
            for (int d = 0; d < headSize; d++)
                sum += x.Elements[start + d] * y.Elements[other + d];
            return sum;
        }

        public void AddResult(AttentionRow row, double[] result)
        {
            for (int j = 0; j < keyLength; j++)
                AddTo(result, row.Query, row.Weights[j] * row.Kept[j], operands.Value, row.Keys[j]);
        }

        /// <summary>
        /// With weights P, kept factors M and the cotangent dO: dV = (P∘M)ᵀ·dO, dP = M∘(dO·Vᵀ), dS = P∘(dP − Σ P∘dP) by the
        /// softmax, dQ = scale·dS·K, dK = scale·dSᵀ·Q. The sum is that of the result times its cotangent, where the plan reads that rounded.
        /// </summary>
        public void AddGradient(AttentionRow row, AttentionOperand which, bool isRounded, double[] result)
        {
            double[] toWeights = [.. row.Keys.Select((key, j) => row.Weights[j] == 0 ? 0 : row.Kept[j] * Dot(operands.Cotangent, row.Query, operands.Value, key))];
            double mean = isRounded ? Dot(operands.Cotangent, row.Query, operands.Result, row.Query) : row.Weights.Zip(toWeights, (p, d) => p * d).Sum();
            for (int j = 0; j < keyLength; j++)
            {
                double toScore = form.Scale * row.Weights[j] * (toWeights[j] - mean);
                switch (which)
                {
                    case AttentionOperand.Query:
                        AddTo(result, row.Query, toScore, operands.Key, row.Keys[j]);
                        break;
                    case AttentionOperand.Key:
                        AddTo(result, row.Keys[j], toScore, operands.Query, row.Query);
                        break;
                    default:
                        AddTo(result, row.Keys[j], row.Weights[j] * row.Kept[j], operands.Cotangent, row.Query);
                        break;
                }
            }
        }

        /// <summary>Keys out of sight are not read: there may be anything in them.</summary>
        void AddTo(double[] result, int place, double factor, TensorValue source, int from)
        {
            if (factor == 0)
                return;
            for (int d = 0; d < headSize; d++)
                result[place + d] += factor * source.Elements[from + d];
        }
    }
}
