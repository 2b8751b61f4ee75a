// One process for all: a login link opens once, and its session is shared.
import "./accounts.mjs";
import "./app.mjs";
import "./interactions.mjs";
import "./passkeys.mjs";
import "./questions.mjs";
import "./screens.mjs";
import "./second_thoughts.mjs";
import "./ways.mjs";
