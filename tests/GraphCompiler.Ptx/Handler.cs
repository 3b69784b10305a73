global using unsafe Handler = delegate*<GraphCompiler.Ptx.Execution.Warp, GraphCompiler.Ptx.Decoding.Instruction*, void>;
