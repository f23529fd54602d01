package io.kappa.standalone.operator;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Adds {@code queue}, {@code dead-letters}, {@code mappings}, {@code workers} and {@code usage} to the command line. They end with 1 and one line where the
 * platform did not do it.
 */
public final class OperatorCommands {

    public static void addTo(CommandLine kappa) {
        addTo(kappa, System.out, Thread::sleep, InstantSource.system());
    }

    /** @param payloads takes payloads byte by byte; everything else is written where the command line writes */
    static void addTo(CommandLine kappa, OutputStream payloads, Pause pause, InstantSource clock) {
        var bytes = new PrintStream(payloads, false);
        kappa.addSubcommand(new QueueCommands(bytes, clock));
        kappa.addSubcommand(new DeadLetterCommands(bytes, pause, clock));
        kappa.addSubcommand(new MappingCommands(clock));
        kappa.addSubcommand(new WorkerCommands(clock));
        kappa.addSubcommand(new UsageCommand());
        kappa.setCaseInsensitiveEnumValuesAllowed(true);
        kappa.getSubcommands().values().stream()
                .filter(command -> !command.getSubcommands().isEmpty())
                .forEach(OperatorCommands::arrangeHelp);
        kappa.setExecutionExceptionHandler(explaining(kappa.getExecutionExceptionHandler()));
    }

    /** Options in the order in which they are thought of, and left out of the first line, where they would hide the rest. */
    private static void arrangeHelp(CommandLine command) {
        command.getCommandSpec().usageMessage().sortOptions(false).abbreviateSynopsis(true);
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .type(boolean.class)
                        .usageHelp(true)
                        .description("Shows this, and does nothing.")
                        .build());
        command.getSubcommands().values().forEach(OperatorCommands::arrangeHelp);
    }

    private static IExecutionExceptionHandler explaining(IExecutionExceptionHandler others) {
        return (failure, command, parsed) -> {
            if (failure instanceof ManagementException) {
                command.getErr().println("kappa: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            return others.handleExecutionException(failure, command, parsed);
        };
    }

    private OperatorCommands() {}
}
