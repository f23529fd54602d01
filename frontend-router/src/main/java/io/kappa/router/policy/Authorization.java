package io.kappa.router.policy;

import io.kappa.router.policy.Policy.Effect;
import io.kappa.router.policy.Principal.Reach;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether somebody may do something, by the order in which IAM looks at policies: what is denied anywhere is denied; within an account
 * either side may allow, between two accounts both must; services and the anonymous have no policies of their own.
 */
public final class Authorization {

    /**
     * @param action such as {@code lambda:InvokeFunction}
     * @param resource the ARN as the request names it, with a qualifier or without: one form does not stand for the other
     * @param context what conditions may ask for, such as {@code aws:SourceArn}; the case of the keys does not matter
     */
    public record Request(Caller caller, String action, String resource, Map<String, String> context) {
        public Request {
            var anyCase = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            anyCase.putAll(context);
            context = anyCase;
        }
    }

    public sealed interface Verdict {
        record Allowed() implements Verdict {}

        /** @param ending how the error goes on after naming caller, action and resource */
        record Denied(String ending) implements Verdict {}
    }

    /**
     * @param identityPolicies those of the caller
     * @param resourcePolicy the one that is attached to exactly what the request names
     */
    public static Verdict decide(Request request, List<Policy> identityPolicies, Policy resourcePolicy) {
        var attached = List.of(resourcePolicy);
        if (reach(Effect.DENY, request, identityPolicies) != Reach.NONE) {
            return new Verdict.Denied("with an explicit deny in an identity-based policy");
        }
        if (reach(Effect.DENY, request, attached) != Reach.NONE) {
            return new Verdict.Denied("with an explicit deny in a resource-based policy");
        }
        var granted = reach(Effect.ALLOW, request, attached);
        boolean own = reach(Effect.ALLOW, request, identityPolicies) != Reach.NONE;
        return switch (request.caller()) {
            case Caller.Identity(var account, var _)
            when account.equals(account(request.resource())) ->
                own || granted == Reach.CALLER ? new Verdict.Allowed() : notAllowed("identity-based", request);
            case Caller.Identity _ when !own -> notAllowed("identity-based", request);
            case Caller.Identity _, Caller.Service _, Caller.Anonymous _ ->
                granted != Reach.NONE ? new Verdict.Allowed() : notAllowed("resource-based", request);
        };
    }

    private static Reach reach(Effect effect, Request request, List<Policy> policies) {
        return policies.stream()
                .flatMap(policy -> policy.statements().stream())
                .filter(statement -> statement.effect() == effect
                        && statement.covers(request.action(), request.resource(), request.context()))
                .map(statement -> statement.reach(request.caller()))
                .max(Enum::compareTo)
                .orElse(Reach.NONE);
    }

    private static Verdict notAllowed(String kind, Request request) {
        return new Verdict.Denied("because no " + kind + " policy allows the " + request.action() + " action");
    }

    private static String account(String arn) {
        var parts = arn.split(":", 6);
        return parts.length < 6 ? "" : parts[4];
    }

    private Authorization() {}
}
