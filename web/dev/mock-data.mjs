// Invented labs, people and tasks for looking at screens. Nothing here is anybody's data.
import { readFileSync } from "node:fs";

const templates = new URL("../../crates/work/templates/", import.meta.url);
const template = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, templates), "utf8"));

const seven = template("pairwise-preference");
seven.answer.properties.choice.enum = ["a_much", "a", "a_slightly", "same", "b_slightly", "b", "b_much"];
seven.answer.properties.reason.minLength = 40;
seven.answer.required = ["choice", "reason"];
seven.input.properties.policy = { type: "string" };
seven.layout.input.splice(1, 1, { field: "/policy", label: "Policy", as: "text" });
seven.layout.input[0].label = "Customer";
seven.layout.answer[0].options = [
  ["a_much", "A much better"], ["a", "A better"], ["a_slightly", "A slightly"], ["same", "Same"], ["b_slightly", "B slightly"], ["b", "B better"], ["b_much", "B much better"],
].map(([value, label], index) => ({ value, label, key: String(index + 1) }));
seven.layout.answer[1].help = "The lab reads this. Quote what decided it.";

/** Labels as a taxonomy has them: many, each with its path. */
const many = template("classification");
const branches = { Science: ["Physics", "Chemistry", "Biology", "Mathematics"], "Everyday life": ["Household", "Cooking", "Travel", "Money"], Arts: ["Music", "Literature", "Film", "Crème et café"] };
const leaves = Object.entries(branches).flatMap(([top, subs]) => subs.flatMap((sub) => ["Explanation", "Advice", "Calculation", "Opinion", "Translation"].map((leaf) => ({ value: `${top}-${sub}-${leaf}`.toLowerCase().replaceAll(" ", "-"), label: `${top} / ${sub} / ${leaf}` }))));
many.layout.answer[0].options = leaves;
many.answer.properties.labels = { type: "array", minItems: 1, maxItems: 3, uniqueItems: true, items: { enum: leaves.map((leaf) => leaf.value) } };

export const TEMPLATES = { ranking: template("ranking"), classification: template("classification"), taxonomy: many, spans: template("spans"), pairwise: seven, plainPairwise: template("pairwise-preference"), rubric: template("rubric"), chat: template("chat"), freeform: template("freeform") };

export const GUIDELINE = `# Which reply would you rather receive?

## What to compare

Judge the whole reply, as the customer who wrote. Read both before you choose.

## When a fact is wrong

1. A reply that promises what the policy does not allow is worse, however kind.
2. A missing step is a smaller fault than a false one.
3. Name the fact in your reason, *quoted*.

## When both are right

Prefer the reply that lets the customer act without writing again. Length alone is no merit.

## Same

Choose **Same** only if you would not mind which one was sent.

> Ask when two rules pull in different directions. Others will meet the same task.

See also [the returns policy](https://intranet.example/returns) and \`POLICY-7\`.
`;

const pairs = [
  {
    prompt: "The lamp came with a cracked shade. I opened the box nine days ago and threw the packaging away. Can I still send it back? I use it every evening, so I would rather not wait long for an answer.",
    policy: "Damaged goods: replacement or refund within 30 days of delivery. Packaging not needed. The carrier collects.",
    response_a: "I am so sorry about the shade. What a let-down when you were looking forward to using it, and thank you for telling us so clearly what happened.\n\nYou can return the lamp within 14 days of delivery, in its original packaging. As the box is gone, a full return is not possible in this case. What I can offer is a 20% voucher for your next order, which is valid for a year and can be combined with other offers.\n\nIf you would like the voucher, just reply “yes” and I will have it with you today. You are welcome to keep the lamp. It is safe to use with a cracked shade as long as you do not touch it.\n\nIs there anything else I can help you with? We value your custom and want to put this right.",
    response_b: "I am sorry the shade arrived cracked. Yes, you can send the lamp back.\n\nDamaged goods can be returned within 30 days of delivery, and you do not need the packaging. You can have a new lamp or your money back, whichever suits you better. A replacement leaves us the day after the old one is collected; a refund takes about a week to reach your account.\n\nTell me which you prefer, and a day when someone is at home. The carrier will collect it, and any sturdy box will do. You pay nothing for the collection.\n\nUntil then, please do not use it: a cracked shade can expose the fitting.",
    category: "returns",
  },
  {
    prompt: "My order says delivered, but nothing is here. The neighbours have not seen it either.",
    policy: "Lost parcels: wait 48 hours from the scan, then a replacement without further proof.",
    response_a: "Thank you for checking with the neighbours. The scan is from this morning, so please give it until Thursday at 10:00, 48 hours from the scan. If it has not turned up by then, reply to this message with one word and I will send a replacement the same day. You need no photo and no form.",
    response_b: "Thank you for checking with the neighbours. The scan is from this morning, so please give it five working days. If it has not turned up by then, fill in the claim form on our site with a photo of your door, and a replacement will be considered.",
    category: "delivery",
  },
  {
    prompt: "Write a function that returns the median of a list.",
    policy: "Code must run as it stands.",
    response_a: "```python\ndef median(values):\n    ordered = sorted(values)\n    middle = len(ordered) // 2\n    if len(ordered) % 2:\n        return ordered[middle]\n    return (ordered[middle - 1] + ordered[middle]) / 2\n```\n\nIt raises `IndexError` for an empty list.",
    response_b: "```python\ndef median(values):\n    ordered = sorted(values)\n    return ordered[len(ordered) // 2]\n```\n\nNote that for lists of even length this returns the *upper* of the two middle values. See <b>this page</b>: [statistics](https://docs.example/statistics) ![chart](https://tracker.example/pixel.png)",
    category: "code",
  },
  {
    prompt: "Is tap water in Vienna safe to drink?",
    policy: "",
    response_a: "Yes. Vienna’s tap water comes from mountain springs and is safe to drink.",
    response_b: "",
    category: "travel",
  },
];

const rubrics = [
  {
    prompt: "I moved into a house from 1993. After I had replaced every bulb, the upstairs bathroom lights no longer turn on, though they did last night. Six bulbs, two outlets without a test button. Give me a few things to try, safest first.",
    category: "household",
    response: "Start with the easiest checks:\n\n1. **Look for a tripped breaker** in the panel; switch it fully off, then on.\n2. **Press reset on every GFCI outlet** in the house, also downstairs and in the garage: bathroom lights of that age are often fed through one elsewhere.\n3. **Reseat one bulb** with the switch off.\n\nIf none helps, turn the breaker off and call an electrician before you open the switch box.",
    criteria: [
      { id: "c1", text: "Says to check the breaker panel for a tripped breaker.", weight: 5, required: true },
      { id: "c2", text: "Says that a test-button outlet elsewhere in the house may feed the bathroom.", weight: 8 },
      { id: "c3", text: "Lists the steps from safest to least safe.", weight: 3 },
      { id: "c4", text: "Warns to cut the power before opening a switch box.", weight: 8, required: true },
      { id: "c5", text: "Asks whether the new bulbs have the right wattage for the fitting.", weight: 2, kind: "extra" },
    ],
  },
  { prompt: "I have been told to avoid gluten and rice. Plan five packed lunches that taste Japanese and need no microwave. Say for each whether it has both properties.", category: "food" },
];

const chats = [
  { turns: ["Write the opening of a travel note about a week on a small island, with one thing that surprised you.", "Now rewrite it so that every sentence begins with the letter A."], category: "writing" },
  { system: "Answer as a patient tutor. Show the steps.", turns: ["A shop sells pens at 3 for 2.40. How much do 14 pens cost, and how many can I buy for 20.00?"], category: "maths" },
];

const forms = [{ title: "Complaint about a delayed train", body: "Read the message below and write the reply you would send.\n\n> Third time this month that the 07:12 was cancelled without notice. I was late for work and nobody at the desk could tell me anything.\n\nKeep to **120 words**. Do not promise money.", category: "reply" }];

const rankings = [
  { prompt: pairs[0].prompt, responses: [pairs[0].response_a, pairs[0].response_b, "Yes. Damaged goods can be returned within 30 days, and the carrier collects them. Tell me a day when someone is at home.\n\nPlease do not use the lamp until then.", ""], category: "returns" },
  { prompt: "Is tap water in Vienna safe to drink?", responses: ["Yes. Vienna’s tap water comes from mountain springs and is safe to drink.", "Yes. Vienna’s tap water comes from mountain springs in the Alps.", "It is safe.", "No.", "Vienna’s tap water is safe to drink; it comes from springs.", "I do not know.", "Yes, very."], category: "travel" },
];

const sorts = [{ title: "A prompt", body: "Turn the paragraph below into three bullet points for a slide, and say which of them the audience is most likely to doubt.\n\n> The survey ran for six weeks in two towns. Half of the people who began it finished it. Those who finished were older than those who did not.", category: "triage" }];

const passages = [{ title: "Answer about the river Thaya", context: "Where does the Thaya rise, and where does it flow into another river?", body: "The Thaya rises in Lower Austria 🏞️ near Schweiggers, and in Moravia, where a second stream of that name begins near Třešť.\n\nBoth meet in Raabs. From there on the river marks the border between Austria and the Czech Republic for 412 kilometres, passing Znojmo, before it reaches the Danube at Břeclav.\n\nNo other river in Austria is as clean. It is safe to drink from it anywhere, also below the paper mills.", category: "geography" }];

export const INPUTS = { ranking: rankings, classification: sorts, taxonomy: sorts, spans: passages, pairwise: pairs, plainPairwise: pairs, rubric: rubrics, chat: chats, freeform: forms };

export const LABS = [
  { id: "lab_5K2M9QTX", name: "Larkspur" },
  { id: "lab_8B1HZC5F", name: "Mosswell" },
  { id: "lab_3XWAM4TE", name: "Tarn" },
];
