using GraphCompiler.GpuCheck;
using GraphCompiler.GpuCheck.Measuring;
using GraphCompiler.GpuCheck.Report;
using GraphCompiler.GpuCheck.Suite;

// The GPU check: one program that drives it, measures our side and runs tests, each in processes of their own, so that a
// fault on the device ends one of these and not the check.
if (args is ["suite-worker"])
    return SuiteWorker.Run();
if (args is ["device-side", var kind])
    return DeviceSide.Run(kind);
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Help);
    return 2;
}
return options.IsSelfTest ? SelfTest.Run() : Check.Run(options);
