package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the owner says of a command. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Verdict.Answered.class, name = "answered"),
    @JsonSubTypes.Type(value = Verdict.CodeGone.class, name = "code-gone"),
})
sealed interface Verdict {

    record Answered(RegistryAnswer answer) implements Verdict {}

    /** The package that the command names is no longer stored. Between owner and client alone: the package is stored again. */
    record CodeGone() implements Verdict {}
}
