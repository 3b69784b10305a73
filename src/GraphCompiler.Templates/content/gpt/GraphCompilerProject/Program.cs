using GraphCompiler.Text;
using GraphCompilerProject;

// Any text of no more than 128 different characters will do.
string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "text.txt"));
var tokenizer = CharacterTokenizer.FromText(text);

using var model = new Gpt(seed: 42);
Console.WriteLine($"{model.ParameterCount:N0} parameters, {text.Length:N0} characters");
Training.Run(model, tokenizer, text, steps: 600, (step, loss) =>
{
    if (step % 100 == 0)
        Console.WriteLine($"step {step}: loss {loss:F3}");
});

model.Save("gpt.safetensors");
Console.WriteLine("weights saved to gpt.safetensors");
Console.WriteLine();
Console.WriteLine(await Training.Write(model, tokenizer, "\n", length: 300));
