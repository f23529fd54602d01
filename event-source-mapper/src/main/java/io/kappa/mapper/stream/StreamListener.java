package io.kappa.mapper.stream;

/** Hears how a mapping is doing. Called on threads of the poller; must not block. */
public interface StreamListener {
    /** It is being read. */
    void reading();

    /** It cannot go on, and a person must decide something: it is not tried again. */
    void broken(String reason);

    /** How the last batch went, as the API shows it. */
    void result(String lastProcessingResult);
}
