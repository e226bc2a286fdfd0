import { createRequire } from "node:module";
import type * as JsonService from "vscode-json-languageservice/lib/umd/jsonLanguageService.js";
import { connectionsJsonSchema } from "../../src/config/json-schema.ts";

// The package's format does not support `import`.
const jsonService: typeof JsonService = createRequire(import.meta.url)("vscode-json-languageservice");

export interface Diagnostic {
  readonly message: string;
  /** The start of the text that the editor underlines. */
  readonly offset: number;
}

/** VS Code with a connections.json and its schema: the language service of the editor itself. */
export class Editor {
  readonly #service = jsonService.getLanguageService({});
  readonly #document;
  readonly #tree;

  constructor(text: string) {
    const schema = { uri: "file:///s.json", fileMatch: ["*"], schema: connectionsJsonSchema() };
    this.#service.configure({ validate: true, schemas: [schema] });
    this.#document = jsonService.TextDocument.create("file:///connections.json", "json", 1, text);
    this.#tree = this.#service.parseJSONDocument(this.#document);
  }

  async diagnostics(): Promise<Diagnostic[]> {
    const found = await this.#service.doValidation(this.#document, this.#tree);
    return found.map(({ range, message }) => ({
      message: String(message),
      offset: this.#document.offsetAt(range.start),
    }));
  }

  /** The completions at `|` in the text. */
  static async completions(text: string): Promise<string[]> {
    const editor = new Editor(text.replace("|", ""));
    const position = editor.#document.positionAt(text.indexOf("|"));
    const list = await editor.#service.doComplete(editor.#document, position, editor.#tree);
    return list?.items.map(({ label }) => label.replaceAll('"', "")) ?? [];
  }

  /** The hover text of the first occurrence of a word. */
  static async hover(text: string, word: string): Promise<string> {
    const editor = new Editor(text);
    const position = editor.#document.positionAt(text.indexOf(word) + 1);
    const hover = await editor.#service.doHover(editor.#document, position, editor.#tree);
    return JSON.stringify(hover?.contents);
  }
}
