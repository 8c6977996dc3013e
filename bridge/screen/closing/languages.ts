/**
 * What other languages add to the English rules: a question mark counts everywhere; these are the turns of phrase that
 * address a question to the user, ask without a mark, ask nothing for all their courtesy, or conclude. Lower case.
 */

/** `\b` knows only Latin letters without marks. */
const from = '(?<![\\p{L}])';
const to = '(?![\\p{L}])';
const anyOf = (...words: string[]) => words.join('|');

/** A question that has one of these is put to the user. */
export const foreignOpener = new RegExp(
  `${from}(?:${anyOf(
    'soll(?:en|te|ten)?',
    'möchte(?:st|n)',
    'willst',
    'wollen sie',
    'kannst du',
    'können sie',
    'darf ich',
    'wäre es',
    'bevorzug\\p{L}+',
    'du|dir|dich|dein\\p{L}*|ihnen|ihre[rnms]?|mir|einverstanden|passt das|in ordnung',
    'vous|voulez|votre|vos|tu|veux|ton|ta|tes|dois-je|puis-je|faut-il|do(?:it|ivent)(?:-on|-il|-elle|-ils|-elles)?|souhait\\p{L}+|d.accord|préf\\p{L}+|on (?:continue|procède)',
    'quier\\p{L}+|dese\\p{L}+|debo|puedo|pued\\p{L}+|prefier\\p{L}+|te|tu|su|le|te gustaría|deber\\p{L}+|procedo|sigo|continúo',
    'quer|deseja|devo|posso|pode\\p{L}*|prefere\\p{L}*|gostaria|você|sigo|prossigo|continuo',
    'vuoi|vuole|devo|posso|puoi|può|prefer\\p{L}+|desider\\p{L}+|procedo|ti|vi|tuo|continuo',
    'хот\\p{L}+|мне|нужно ли|можете|можешь|предпоч\\p{L}+|как\\p{L}{2,3}|стоит ли|продолж\\p{L}+|вы|вас|вам|ты|тебе|ваш\\p{L}*|следует',
  )})${to}|您|你|我(?:应该|可以|要|该|需)|是否|要不要|需要|可以|还是|吗|哪|請|ます|でしょう|ですか|よろしい|どちら|どの|까요|나요|습니까|ㄹ까|어느|어떤|할까|괜찮`,
  'u',
);

/** Asks without a question mark. */
export const foreignAsk = new RegExp(
  `^(?!.*(?:falls|wenn du|wenn sie|si vous|si tu|si (?:tienes|tiene|necesitas|necesita|hay)|se (?:tiver|precisar|hai|ha)|如有|如果有|если (?:есть|будут|у)))(?:.*${from})?(?:${anyOf(
    'bitte (?:\\p{L}+ (?:mir |kurz |noch |zuerst |vorher )*)?(?:bestätig\\p{L}*|mitteil\\p{L}*|nenn\\p{L}*|wähl\\p{L}*|gib|geben|teil\\p{L}*|sag\\p{L}*|schick\\p{L}*|entscheid\\p{L}*|antwort\\p{L}*|klär\\p{L}*|stell\\p{L}*|präzisier\\p{L}*|freigeb\\p{L}*)',
    '(?:sag|sagen sie|gib|geben sie|teil|teilen sie|lass|lassen sie)(?: mir| mich| bitte| kurz)* (?:bescheid|wissen|mit|an)?,? ?(?:ob|welche\\p{L}*|was|wie|wann|wo|sobald)',
    '(?:ich |wir )?(?:brauche|benötige|bräuchte|benötigen|brauchen)(?: ich| wir)?(?: noch| dafür| hierfür| von dir| von ihnen| dazu| zuerst)* (?:dein\\p{L}*|ihr\\p{L}*|eine\\p{L}* (?:antwort|entscheidung|bestätigung|freigabe|api-\\p{L}*|schlüssel)|die zugangsdaten|zugangsdaten|zugriff|den|folgende\\p{L}*)',
    '(?:ich )?warte (?:ich )?(?:noch )?auf (?:dein\\p{L}*|ihr\\p{L}*|eine|rückmeldung|bestätigung)',
    '(?:brauche|benötige|bräuchte|brauchen|benötigen) .{0,40}von (?:dir|ihnen|euch)',
    'soll ich|deine entscheidung|ihre entscheidung',
    'merci (?:de|d’|d.)(?: me| bien vouloir| nous)* ?(?:confirm\\p{L}*|précis\\p{L}*|indiqu\\p{L}*|dire|choisir|fournir|donner|valid\\p{L}*)',
    'veuillez (?:me |nous )?(?:confirm\\p{L}*|précis\\p{L}*|indiqu\\p{L}*|dire|choisir|fournir|donner|valid\\p{L}*)',
    '(?:dites|dis)-moi (?:si|quel\\p{L}*|ce|où|comment|lequel|laquelle|quand)|(?:confirme|confirmez|indique|indiquez|précise|précisez|choisis|choisissez)(?:-moi)?',
    'faites-moi savoir (?:si|quel\\p{L}*)|(?:j.ai|il me faut|j.aurais) (?:encore )?(?:besoin d.|besoin de )?(?:votre|ton|vos|tes|ta|une|que vous|que tu|un accès|accès|l.accès|la clé)',
    'j.attends (?:votre|ta|ton|vos|tes)|en attente de (?:votre|ta|ton)|à vous de (?:choisir|décider)',
    'por favor,? (?:confirm\\p{L}*|indi\\p{L}*|dime|díg\\p{L}*|elig\\p{L}*|elij\\p{L}*|propor\\p{L}*|aclar\\p{L}*|comparte|envía\\p{L}*|escolh\\p{L}*|inform\\p{L}*|forne\\p{L}*|diga|me diga|esclare\\p{L}*|envie|compartilhe)',
    '(?:confírma|indíca|pása|envía|mánda|aclára|compárte|autoríza|comparte|confirme|indique|envíe)(?:me|nos)',
    '(?:dime|dígame|avísame|indícame|confírmame|hazme saber|hágame saber) (?:si|qué|cuál\\p{L}*|cómo|dónde|cuándo|por favor)|necesito (?:que|tu|tus|su|sus|saber|acceso|la clave|una (?:decisión|respuesta|confirmación))|(?:espero|esperando|quedo a la espera de|a la espera de) (?:tu|su|tus|sus)',
    '(?:me informe|informe-me|(?:me )?(?:diga|avise|confirme)(?:-me)?) (?:se|qual|quais|como|onde|quando|o que)|preciso (?:que|do seu|da sua|de sua|de seu|saber|de acesso|dos seus|das suas)|(?:aguardo|aguardando|esperando) (?:a |o )?(?:sua|seu|tua|confirmação|resposta)|me (?:diga|avise) (?:se|qual|quais|como|o que)',
    '(?:per favore|per cortesia),? (?:conferm\\p{L}*|indic\\p{L}*|dimmi|scegli\\p{L}*|forni\\p{L}*|specific\\p{L}*)|(?:dimmi|fammi sapere|mi dica|mi faccia sapere) (?:se|qual\\p{L}*|come|dove|cosa|quando)|(?:ho bisogno|mi serve|mi servono|mi occorre)(?: d(?:i|el|ella|ei|elle|ella tua))? ?(?:il|la|le|i|tua|tuo|una|sapere|accesso|che)|(?:attendo|aspetto|in attesa d(?:i|ella|el)) (?:una )?(?:la |il )?(?:tua|tuo|sua|suo|conferma|risposta)|a te la scelta',
    '(?:пожалуйста,? )(?:\\p{L}+ )?(?:подтверд\\p{L}*|укаж\\p{L}*|сообщ\\p{L}*|выбер\\p{L}*|предостав\\p{L}*|уточн\\p{L}*|скаж\\p{L}*|пришл\\p{L}*)|(?:подтвердите|сообщите|скажите|дайте знать|уточните|выберите|укажите|скажи|напишите|подтверди|выбери)(?:,? (?:мне|пожалуйста))?|(?:мне )?нуж(?:ен|на|но|ны) (?:ваш\\p{L}*|твой\\p{L}*|твоё|доступ|подтверждение|от вас|ключ|пароль)|(?:жду|ожидаю) (?:ваш\\p{L}*|тво\\p{L}*|подтвержд\\p{L}*|ответ\\p{L}*|решени\\p{L}*)',
  )})${to}|(?:吗|呢)[。.]?$|请(?:您|你|先)?(?:确认|告诉我|告知|选择|提供|回复|指定|说明|决定|明确|授权|批准)|等待?(?:您|你)的|(?:需要|等)(?:您|你)(?:的)?(?:确认|提供|决定|选择|授权|批准|来)|我需要(?:您|你)|(?:ますか|でしょうか|ですか|ませんか)[。.]?$|(?:教えて|選んで|お選び|お知らせ|お聞かせ|ご指示|ご確認|ご指定|ご提供|ご回答|確認して|指定して|提供して|決めて|返信して)(?:を)?(?:頂|いただ|くだ|下さ|お願い)|お待ちして|をお待ち|(?:必要があ|が必要で)す.*(?:お|ください)|(?:까요|나요|습니까)[.]?$|(?:알려|선택해|확인해|말씀해|제공해|지정해|결정해|골라|답변해|승인해|공유해) ?(?:주세요|주십시오|주시면|주시겠|줘)|기다리(?:고 있|겠)`,
  'u',
);

/** Courtesy that needs no answer, marks or not. */
export const foreignCloser = new RegExp(
  `${from}(?:${anyOf(
    '(?:noch|weitere|irgendwelche|sonst noch) (?:fragen|wünsche|etwas|was)',
    '(?:falls|wenn|bei|solltest|sollten) (?:du |sie |es )?(?:noch |weitere |irgendwelche |weiteren )*(?:fragen|probleme\\p{L}*|rückfragen|etwas|änderungswünsche)',
    'kann ich sonst|melde dich (?:gern|einfach|jederzeit)|melden sie sich',
    'n.hésite[zs]? pas|d.autres questions|autre chose|des questions|si (?:vous avez|tu as|besoin)',
    'si (?:tienes|tiene|necesitas|necesita|hay|encuentras|surge) (?:alguna|algo|más|cualquier|otra|dudas|preguntas|ayuda|problema\\p{L}*)|¿?algo más|alguna (?:otra )?(?:pregunta|duda)|no dudes en',
    'qualquer (?:dúvida|coisa|problema)|se (?:tiver|precisar|houver)(?: de)? (?:alguma|algo|mais|dúvidas|perguntas|ajuda|qualquer)|mais alguma|algo mais|fique à vontade',
    'se (?:hai|ha|avete|ci sono|serve|dovessi avere) (?:altre|altro|domande|dubbi|bisogno|problemi)|qualcos.altro|altre domande|non esitare|serve altro|altro\\?$',
    'если (?:есть|будут|возникнут|у вас|появятся|что|нужно|понадоб\\p{L}*)[^?]*(?:вопрос\\p{L}*|проблем\\p{L}*|ещё|еще|помощь|дайте знать)|(?:ещё|еще|другие) вопросы|что-нибудь ещё|что-то ещё|обращайтесь',
  )})${to}|如(?:果)?(?:您|你)?(?:还)?有(?:任何|其他|什么|别的)?(?:问题|疑问|需要|需求)|还有(?:什么|其他|别的)|随时(?:告诉|联系|提出)|有什么问题|(?:ご)?(?:不明|質問|疑問)(?:な)?(?:点|等|など)?.{0,6}(?:あれば|ありましたら|ございましたら)|他に(?:何か|ご|必要|も)|何かあれば|お気軽に|(?:궁금한|질문|문의|문제)(?:이|가| 점| 사항)?.{0,6}(?:있으시면|있으면|생기면)|더 (?:필요하|도와|궁금)|언제든`,
  'u',
);

/** Where one of these stands, nothing of the sentence is concluded. */
const unfinished = new RegExp(
  `${from}(?:${anyOf(
    'wenn|sobald|falls|werde|noch kein\\p{L}*|teilweise|bisher|fast|hälfte|folg\\p{L}*|jetzt schon|schon jetzt|derzeit',
    'dès que|quand|lorsque|moitié|actuellement|en ce moment',
    'cuando|mitad|ahora mismo|quando|ancora|si|(?<=^|[,;:] )se(?! (?:ha|han|puede|actualiz|agreg|añad|corrig|cre|elimin|movi|renombr|reemplaz)\\p{L}*)|metade|metà|después de que|neste momento|al momento',
    'после того|когда|если|половин\\p{L}*|пока',
    'viene|vengono|wird|werden|aucune?|ningun[oa]? |nessun[ao]?|keine? .{0,40}(?:geändert|angelegt|erstellt|gelöscht)|nenhum[a]?',
    '(\\d+) (?:von|de|di|des|sur|из) (?!\\1\\b)\\d+',
    '(?:aber|jedoch|mais|pero|mas|ma|но|однако) (?:\\p{L}+ ){0,3}(?:nicht|pas|no|não|non|не)',
  )})${to}|未完成|一半|半分|절반|没有完成|尚未|还没|如果|当.*时|でき(?:ません|なかった)|していません|まだ|못|않|아직|면 |하면|完成后|后再|したら|完了後`,
  'u',
);

/** And one of these takes its own clause out. */
const negated = new RegExp(`${from}(?:nicht|pas|no|não|non|не)${to}`, 'u');

export function concludesAbroad(bare: string): boolean {
  if (unfinished.test(bare)) return false;
  const said = negated.test(bare) ? bare.split(/[,;:—–]\s/).filter((clause) => !negated.test(clause)) : [bare];
  return said.some((clause) => foreignDone.test(clause) || foreignNow.test(clause));
}

const foreignDone = new RegExp(
  `^(?:(?:[^\\p{L}]*)(?:${anyOf(
    'läuft(?= (?:jetzt|wieder|nun)|[.!])|fertig|erledigt|abgeschlossen|geschafft|umgesetzt|behoben|terminé|fini|c.est (?:fait|terminé|bon|corrigé|en place)|voilà|fait|listo|hecho|terminado|completado|pronto|feito|concluído|finalizado|tudo pronto|fatto|completato|finito|ecco fatto|готово|сделано|выполнено|завершено|исправлено|добавлено|обновлено',
  )})${to}|.*${from}(?:${anyOf(
    '(?:habe|wurde|wurden|ist|sind|hab) .*(?:implementiert|behoben|hinzugefügt|aktualisiert|erstellt|angepasst|umgesetzt|korrigiert|entfernt|umbenannt|ergänzt|erledigt|abgeschlossen|fertig|migriert|umgestellt|repariert|geändert|ersetzt|eingebaut|gefixt|refaktoriert|gelöscht|geschrieben|verschoben|eingerichtet|ausgelagert|gelöst)',
    'alle(?: \\d+)? tests (?:laufen|sind|bestehen|gehen)|tests (?:laufen|sind) (?:jetzt |nun |wieder |alle )*(?:grün|durch)',
    'j.ai (?:bien |aussi |également )?(?:ajouté|corrigé|implémenté|mis|créé|supprimé|modifié|refactorisé|renommé|remplacé|terminé|fini|migré|déplacé|écrit|réparé|résolu|extrait)|(?:a|ont|est|sont) (?:bien |maintenant |désormais )?(?:été )?(?:ajouté|corrigé|implémenté|mis à jour|créé|supprimé|terminé|migré|résolu|en place|appliqué)\\p{L}*|tous les tests (?:passent|sont)|les tests passent',
    'he (?:añadido|agregado|corregido|implementado|actualizado|creado|eliminado|refactorizado|arreglado|completado|terminado|movido|renombrado|reemplazado|migrado|cambiado|escrito|solucionado|resuelto)|(?:se ha|se han|ha sido|han sido|quedó|está|están) (?:ya )?(?:añadid|agregad|corregid|implementad|actualizad|cread|eliminad|arreglad|completad|terminad|migrad|solucionad|resuelt|list)\\p{L}*|todas las pruebas (?:pasan|están)|todos los tests (?:pasan|están)|(?:agregué|añadí|corregí|implementé|actualicé|creé|eliminé|arreglé|terminé)',
    '(?:adicionei|implementei|corrigi|atualizei|criei|removi|refatorei|concluí|terminei|movi|renomeei|substituí|migrei|alterei|ajustei|resolvi)|(?:foi|foram|está|estão) (?:adicionad|implementad|corrigid|atualizad|criad|removid|concluíd|finalizad|pront|migrad|resolvid)\\p{L}*|todos os testes (?:passam|passaram|estão)',
    'ho (?:aggiunto|corretto|implementato|aggiornato|creato|rimosso|rifattorizzato|completato|terminato|finito|sistemato|risolto|spostato|rinominato|sostituito|migrato|modificato|scritto)|(?:è stat|sono stat|è ora|sono ora)\\p{L}* (?:aggiunt|corrett|implementat|aggiornat|creat|rimoss|completat|risolt|migrat|sistemat)\\p{L}*|tutti i test (?:passano|sono)',
    '(?:я )?(?:добавил|исправил|реализовал|обновил|создал|удалил|перенёс|перенес|переименовал|заменил|завершил|сделал|настроил|переписал|внёс|внес|вынес|починил)\\p{L}{0,3}|(?:исправлен|добавлен|обновлен|обновлён|реализован|завершен|завершён|готов|удалён|создан|выполнен|перенесен|перенесён)\\p{L}{0,2}|все (?:\\d+ )?(?:тесты|тестов) (?:\\p{L}+ )?(?:проход\\p{L}*|пройд\\p{L}*|прошли|зелён\\p{L}*|зелен\\p{L}*)|тесты (?:проходят|пройдены|прошли)',
  )})${to}|.*(?:(?:已|已经|都已|均已)(?:经)?(?:全部)?(?:完成|修复|添加|实现|更新|创建|删除|重构|迁移|解决|修改|替换|提交|重命名|增加|优化|升级|部署)|(?:完成|修复|添加|实现|更新|搞定|弄好|改好)了|^完成|(?:所有|全部)的?测试(?:都|均|已|全部)*通过|测试.{0,8}(?:全部|都|均|已)通过|(?:完了|修正|追加|実装|更新|作成|削除|変更|対応|移行|解決|設定|置き換え|リファクタリング|リネーム)(?:を)?(?:いた)?(?:しました|済み|されました)|(?:書き換え|直し|加え|終わり|でき)ました|^完了|テスト.{0,8}(?:通|成功|パス)(?:りまし|しまし|ってい|して)|(?:완료|수정|추가|구현|업데이트|생성|삭제|변경|해결|마이그레이션|적용|리팩터링|리팩토링|작성|교체|이동)(?:을|를)?\\s?(?:했|하였|되었|됐|해 두었)|(?:고쳤|마쳤|끝났|바꿨|옮겼)습니다|^완료|테스트.{0,10}통과))`,
  'u',
);

/** The new state of things: "Die Suche findet jetzt …", with the thing as its subject. */
const foreignNow = new RegExp(
  `^(?:(?:${anyOf(
    '(?:der|die|das|dein\\p{L}*|ihr\\p{L}*|alle|beide) .*\\p{L}(?:t|en) (?:sich )?(?:jetzt|nun|wieder)',
    '(?:le|la|les|l.\\p{L}+|votre|vos|ton|ta|tes) .*(?:maintenant|désormais|à nouveau|de nouveau)',
    '(?:désormais|maintenant),? (?:le|la|les|l.\\p{L}+)',
    '(?:el|la|los|las|tu|tus|sus?) .* (?:ahora|de nuevo|otra vez)|ahora,? (?:el|la|los|las|tu|su|se)',
    '(?:o|a|os|as|seu|sua) .* (?:agora|de novo|novamente)|agora,? (?:o|a|os|as|seu|sua)',
    '(?:il|lo|la|i|gli|le|l.\\p{L}+) .* (?:ora|adesso|di nuovo)|(?:ora|adesso),? (?:il|lo|la|i|gli|le|l.\\p{L}+)',
    '(?!я |мы )\\p{L}+ .*(?:теперь|снова)',
  )})${to}|.*(?:现在(?:会|可以|能|只|不再|都)|ようになりました|이제 .*(?:습니다|니다)))`,
  'u',
);
