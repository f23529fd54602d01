package io.kappa.standalone;

import io.kappa.standalone.operator.OperatorCommands;
import java.io.IOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
        name = "kappa",
        description = "AWS Lambda on your own machines, with Apache Kafka underneath.",
        subcommands = StartCommand.class,
        mixinStandardHelpOptions = true,
        versionProvider = Kappa.Version.class)
public final class Kappa {
    static final int COULD_NOT = 1;
    static final int WRONG_ARGUMENTS = 2;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        var kappa = new CommandLine(new Kappa());
        OperatorCommands.addTo(kappa);
        return kappa.setUsageHelpWidth(110).setParameterExceptionHandler(Kappa::refuse);
    }

    private static int refuse(CommandLine.ParameterException refusal, String[] arguments) {
        var command = refusal.getCommandLine();
        command.getErr().println("kappa: " + refusal.getMessage());
        command.getErr().println("'" + command.getCommandSpec().qualifiedName() + " --help' says what there is.");
        return WRONG_ARGUMENTS;
    }

    /** Says which Kappa this is, on which Java. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var properties = new Properties();
            try (var stream = Kappa.class.getResourceAsStream("version.properties")) {
                properties.load(stream);
            }
            return new String[] {
                "Kappa " + properties.getProperty("version"),
                "Kafka " + properties.getProperty("kafka"),
                "Java " + Runtime.version()
            };
        }
    }
}
