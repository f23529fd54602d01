package io.kappa.router.api.function;

import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.Set;

/** The rules of the service about where results and failures of events may go, once the service model has passed the texts. */
final class DestinationRules {
    /** What comes before the name of a destination; what is wrong with one of these is wrong with it alone. */
    private static final Set<String> KINDS = Set.of("lambda", "sqs", "sns", "events");

    private static final String KAFKA = "kafka:";
    private static final String S3 = "s3";

    /**
     * Empty texts name no destination.
     *
     * @param source the function whose events they are for
     * @throws LambdaApiException where one of them can be none
     */
    static void check(FunctionArn source, String onSuccess, String onFailure, RegistryView view) {
        if (!isOfAKnownKind(onSuccess)
                || !(isOfAKnownKind(onFailure) || kind(onFailure).equals(S3))) {
            throw invalid("The provided destination config DestinationConfig(onSuccess=" + shown("OnSuccess", onSuccess)
                    + ", onFailure=" + shown("OnFailure", onFailure) + ") is invalid.");
        }
        check(source, onFailure, view);
        check(source, onSuccess, view);
    }

    private static boolean isOfAKnownKind(String text) {
        return text.isEmpty() || text.startsWith(KAFKA) || KINDS.contains(kind(text));
    }

    /** The service model has seen to it that an ARN has its six parts. */
    private static String kind(String arn) {
        return arn.split(":", 4)[2];
    }

    private static String shown(String name, String text) {
        return text.isEmpty() ? "null" : name + "(destination=" + text + ")";
    }

    private static void check(FunctionArn source, String text, RegistryView view) {
        if (text.isEmpty()) {
            return;
        }
        boolean exists = switch (destination(text)) {
            case Destination.Function(var target) -> {
                if (target.function().equals(source)) {
                    throw invalid("You can't specify the function as a destination for itself.");
                }
                yield exists(target, view);
            }
            case Destination.Queue _,
                    Destination.Notification _,
                    Destination.EventBus _,
                    Destination.KafkaTopic _,
                    Destination.Bucket _ -> true; // Topics and buckets may be made later.
        };
        if (!exists) {
            throw invalidArn(text);
        }
    }

    private static Destination destination(String text) {
        return Destination.parse(text).orElseThrow(() -> invalidArn(text));
    }

    private static boolean exists(InvocationTarget target, RegistryView view) {
        return view.function(target.function())
                .flatMap(function -> function.versionOf(target.effectiveQualifier()))
                .isPresent();
    }

    private static LambdaApiException invalidArn(String text) {
        return invalid("The destination ARN " + text + " is invalid.");
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private DestinationRules() {}
}
