using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>Gives a trainer a program that runs on a device: steps are queued, the loss is read when somebody asks for it.</summary>
sealed unsafe class DeviceTraining(DeviceProgram program) : TrainingProgram(program.Model.Model, arenaBytes: 0)
{
    bool lossIsQueued;

    public override bool ScalesLoss => program.ScalesLoss;

    public override float Loss => lossIsQueued ? program.QueuedNumber() : program.Number<float>();

    internal override void ExecuteToEnd()
    {
        program.RandomSeed = RandomSeed;
        program.RandomStep = RandomStep;
        lossIsQueued = false;
        program.Run();
    }

    internal override void QueueLoss()
    {
        program.QueueNumber();
        lossIsQueued = true;
    }

    public override void Run(Worker worker) => throw new NotSupportedException("The program runs on a device.");

    internal override void FetchGradients() => program.ReadGradients(Gradients);

    internal override IRemoteUpdate CreateUpdate(TrainingState state) => new DeviceUpdate(program, state);

    protected override void Dispose(bool disposing)
    {
        program.Dispose();
        base.Dispose(disposing);
    }
}
