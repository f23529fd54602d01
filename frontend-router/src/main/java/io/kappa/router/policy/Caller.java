package io.kappa.router.policy;

/** Who asks for something. */
public sealed interface Caller {

    /** A principal of an account: its user, a session of its role, or its root. */
    record Identity(String account, String arn) implements Caller {}

    /** @param name such as {@code s3.amazonaws.com} */
    record Service(String name) implements Caller {}

    /** Nobody who would have said who they are. */
    record Anonymous() implements Caller {}
}
