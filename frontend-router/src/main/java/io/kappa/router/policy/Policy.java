package io.kappa.router.policy;

import io.kappa.contracts.registry.PolicyRecord;
import java.util.List;
import java.util.Map;

/** What is allowed and what is denied to whom. Of a policy that is attached to an identity, the statements name no principals. */
public record Policy(List<Statement> statements) {
    public static final Policy EMPTY = new Policy(List.of());

    public enum Effect {
        ALLOW,
        DENY
    }

    /**
     * @param principals empty where the policy is attached to whom it is about
     * @param actions such as {@code lambda:InvokeFunction}, with wildcards
     * @param resources ARNs with wildcards
     * @param conditions all of which must hold
     */
    public record Statement(
            Effect effect,
            List<Principal> principals,
            List<String> actions,
            List<String> resources,
            List<Condition> conditions) {
        public Statement {
            principals = List.copyOf(principals);
            actions = List.copyOf(actions);
            resources = List.copyOf(resources);
            conditions = List.copyOf(conditions);
        }

        /** Whether it is about such a request, whoever makes it. The resource is compared in the form in which the request names it. */
        boolean covers(String action, String resource, Map<String, String> context) {
            return actions.stream().anyMatch(pattern -> Wildcards.matchIgnoringCase(pattern, action))
                    && resources.stream().anyMatch(pattern -> Wildcards.match(pattern, resource))
                    && conditions.stream().allMatch(condition -> condition.holds(context));
        }

        /** How much it says of the caller; of an identity's own policy, all. */
        Principal.Reach reach(Caller caller) {
            return principals.isEmpty()
                    ? Principal.Reach.CALLER
                    : principals.stream()
                            .map(principal -> principal.reach(caller))
                            .max(Enum::compareTo)
                            .orElse(Principal.Reach.NONE);
        }
    }

    public Policy {
        statements = List.copyOf(statements);
    }

    /** The resource-based policy that a record keeps. */
    public static Policy of(PolicyRecord attached) {
        return new Policy(attached.statements().stream()
                .map(statement -> new Statement(
                        Effect.ALLOW,
                        List.of(principal(statement.principal())),
                        List.of(statement.action()),
                        List.of(attached.resource()),
                        statement.conditions().stream().map(Policy::condition).toList()))
                .toList());
    }

    private static Principal principal(String text) {
        if (text.equals("*")) {
            return new Principal.Everyone();
        }
        return text.startsWith("arn:") ? new Principal.Aws(text) : new Principal.Service(text);
    }

    private static Condition condition(PolicyRecord.Condition condition) {
        var operator = Operator.named(condition.operator())
                .orElseThrow(() -> new IllegalArgumentException("unknown operator " + condition.operator()));
        return Condition.of(operator, condition.key(), condition.value());
    }
}
