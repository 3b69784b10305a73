using System.Globalization;

namespace TinyGpt;

/// <summary>The losses of a training, in a table that a spreadsheet reads: step, training loss, validation loss.</summary>
sealed class LossHistory
{
    const string Heading = "step,training loss,validation loss";

    public List<(int Step, double Loss)> Training { get; } = [];

    public List<(int Step, double Loss)> Validation { get; } = [];

    /// <summary>Reads what <see cref="Save"/> wrote, up to a step.</summary>
    /// <exception cref="InvalidDataException">The file is no such table.</exception>
    public static LossHistory Load(string path, long steps)
    {
        LossHistory history = new();
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            string[] cells = line.Split(',');
            if (cells.Length != 3 || !int.TryParse(cells[0], CultureInfo.InvariantCulture, out int step))
                throw new InvalidDataException($"{path}: '{line}' is not a line of a table of losses.");
            if (step > steps)
                continue;
            Add(history.Training, cells[1]);
            Add(history.Validation, cells[2]);

            void Add(List<(int, double)> losses, string cell)
            {
                if (cell.Length == 0)
                    return;
                if (!double.TryParse(cell, CultureInfo.InvariantCulture, out double loss))
                    throw new InvalidDataException($"{path}: '{line}' is not a line of a table of losses.");
                losses.Add((step, loss));
            }
        }

        return history;
    }

    public void Save(string path)
    {
        Dictionary<int, double> training = Training.ToDictionary(loss => loss.Step, loss => loss.Loss);
        Dictionary<int, double> validation = Validation.ToDictionary(loss => loss.Step, loss => loss.Loss);
        File.WriteAllLines(path, training.Keys.Union(validation.Keys).Order()
            .Select(step => $"{step},{Cell(training, step)},{Cell(validation, step)}").Prepend(Heading));

        static string Cell(Dictionary<int, double> losses, int step) =>
            losses.TryGetValue(step, out double loss) ? loss.ToString("R", CultureInfo.InvariantCulture) : "";
    }
}
