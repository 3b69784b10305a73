using GraphCompilerProject;

var training = new Spirals(4096, seed: 1);
var test = new Spirals(2000, seed: 2);

using var model = new Classifier(seed: 42);
Console.WriteLine($"{model.ParameterCount:N0} parameters, accuracy before: {Training.Accuracy(model, test):P1}");
Training.Run(model, training, epochs: 60, (epoch, loss) =>
{
    if (epoch % 10 == 0)
        Console.WriteLine($"epoch {epoch}: loss {loss:F3}");
});
Console.WriteLine($"accuracy on {test.Count:N0} other points: {Training.Accuracy(model, test):P1}");

model.Save("classifier.safetensors");
Console.WriteLine("weights saved to classifier.safetensors");
