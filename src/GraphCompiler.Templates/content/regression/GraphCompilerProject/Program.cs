using GraphCompilerProject;

var data = new Measurements(1024, seed: 1);

using var model = new Regression(seed: 42);
Console.WriteLine($"{model.ParameterCount:N0} parameters; the measurements are wrong by {Measurements.Noise}");
Console.WriteLine($"the curve is wrong by {Training.Error(model):F3} before");
Training.Run(model, data, epochs: 100, (epoch, loss) =>
{
    if (epoch % 20 == 0)
        Console.WriteLine($"epoch {epoch}: loss {loss:F4}");
});
Console.WriteLine($"the curve is wrong by {Training.Error(model):F3} after");

model.Save("regression.safetensors");
Console.WriteLine("weights saved to regression.safetensors");
