"""`python -m app`, and `fortnight`: the command line of app.programs."""

import gc

# A start makes half a million objects that stay: looking for garbage among them takes a fifth of it. app.serving has the
# pace of what comes then.
gc.set_threshold(1_000_000, 20, 20)

from app.programs import main  # noqa: E402

if __name__ == "__main__":
    main()
