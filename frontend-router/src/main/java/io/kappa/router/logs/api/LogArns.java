package io.kappa.router.logs.api;

import io.kappa.router.api.function.Home;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/** Names and ARNs of log groups and streams. */
record LogArns(Home home) {

    String group(String group) {
        return "arn:aws:logs:" + home.region() + ":" + home.account() + ":log-group:" + group;
    }

    String stream(String group, String stream) {
        return group(group) + ":log-stream:" + stream;
    }

    /** The group that a request names, by its name or its ARN. */
    String named(Input input) {
        if (input.has("logGroupName") == input.has("logGroupIdentifier")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    input.has("logGroupName")
                            ? "LogGroup name and LogGroup Identifier are mutually exclusive parameters."
                            : "Either LogGroup name or LogGroup Identifier must be given.");
        }
        return input.has("logGroupName")
                ? input.requiredText("logGroupName")
                : identified(input.requiredText("logGroupIdentifier"));
    }

    /** The group of a name or an ARN. */
    String identified(String identifier) {
        if (!identifier.startsWith("arn:")) {
            return identifier;
        }
        var here = group("");
        if (!identifier.startsWith(here)) {
            throw noGroup();
        }
        var name = identifier.substring(here.length());
        return name.endsWith(":*") ? name.substring(0, name.length() - 2) : name;
    }

    static LambdaApiException noGroup() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "The specified log group does not exist.");
    }

    static LambdaApiException noStream() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "The specified log stream does not exist.");
    }
}
