package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.contracts.invocation.InvocationTarget;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command is told: where the platform is, who asks, and how to show what it answers. */
@SuppressWarnings("NullAway.Init") // The command line sets everything before a command runs.
final class OperatorOptions {
    /** How an answer is shown. */
    enum Output {
        TABLE,
        JSON
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--management-url",
            paramLabel = "URL",
            defaultValue = "${env:KAPPA_MANAGEMENT_URL:-http://127.0.0.1:9001}",
            description = {
                "Where the platform's management port is.",
                "Default: KAPPA_MANAGEMENT_URL, or http://127.0.0.1:9001."
            })
    private URI managementUrl;

    @Option(
            names = "--output",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "For people, or what the API answered. Default: ${DEFAULT-VALUE}.")
    private Output output;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "us-east-1",
            description = "Of functions that are named without it. Default: ${DEFAULT-VALUE}.")
    private String region;

    @Option(
            names = "--account",
            paramLabel = "ID",
            defaultValue = "000000000000",
            description = "Of functions that are named without it. Default: ${DEFAULT-VALUE}.")
    private String account;

    @Option(
            names = "--by",
            paramLabel = "WHO",
            defaultValue = "${sys:user.name}",
            description = "Who asks, which is recorded with actions. Default: the user's name.")
    private String by;

    ManagementClient api() {
        return new ManagementClient(checked("--management-url", managementUrl, "http://127.0.0.1:9001"));
    }

    /** What was given as a URL, unless it is none. */
    URI checked(String option, URI url, String example) {
        if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")) {
            throw wrong(option + " is no URL such as " + example + ": '" + url + "'");
        }
        return url;
    }

    FunctionNames functions() {
        return new FunctionNames(region, account);
    }

    /** What a function's name or ARN means. */
    InvocationTarget target(String function) {
        try {
            return functions().target(function);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** The body of a request that does something. */
    ObjectNode request() {
        return ManagementClient.JSON.createObjectNode().put("by", by);
    }

    /** Shows an answer. */
    int show(JsonNode answer, Function<JsonNode, String> table) {
        var text = output == Output.JSON ? ManagementClient.pretty(answer) : table.apply(answer);
        out().println(text.stripTrailing());
        return CommandLine.ExitCode.OK;
    }

    /** Hands a payload on as it is, so that it can be kept in a file. */
    int showBytes(byte[] bytes, PrintStream out) {
        out.writeBytes(bytes);
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For what is no result: progress, and what went wrong. */
    PrintWriter err() {
        return command.commandLine().getErr();
    }

    ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** Does nothing but say what would be done. */
    int unconfirmed(String what) {
        err().println("kappa: this would " + what + "; --yes does it");
        return CommandLine.ExitCode.USAGE;
    }
}
