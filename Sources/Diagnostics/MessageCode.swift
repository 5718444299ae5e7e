// MessageCode.swift: the one table of message codes.
//
// A code is assigned once and never reused, also when its message is gone:
// people search for it, and CI systems are told to ignore it. The thousands say
// which part of the toolchain speaks.

/// The stable identity of a message: a name in code and `WB1042` for people.
package enum MessageCode: Int, Sendable, CaseIterable {
  // 1000: files and commands
  case cannotRead = 1001
  case cannotWrite = 1002
  case noLibrary = 1003
  case badArguments = 1004

  // 1100: the macro processor
  case processorMessage = 1101
  case commandRefused = 1102
  case fileRefused = 1103
  case writingRefused = 1104
  case limitReached = 1105
  case slip = 1106
  case bareCall = 1107
  case detachedCall = 1108

  // 2000: sendmail.cf and rulesets
  case unknownConfigurationLine = 2001
  case badMacroName = 2002
  case unknownOption = 2003
  case badOptionValue = 2004
  case badVersionLine = 2005
  case badRulesetName = 2006
  case badRule = 2007
  case badHeaderLine = 2008
  case badMapLine = 2009
  case badClassFile = 2010
  case badFieldLine = 2011
  case badMailerLine = 2012
  case rulesetRepeated = 2013
  case unknownRuleset = 2014
  case unknownMapType = 2015
  case badMapFlag = 2016
  case mapFile = 2017

  // 3000: tables
  case tableFormat = 3001
  case tableUnsupported = 3002
  case tableDamaged = 3003
  case tableLineTooLong = 3011
  case tableLeadingBlank = 3012
  case tableMissingValue = 3013
  case tableDuplicateKey = 3014
  case aliasSyntax = 3101
  case aliasRepeated = 3102

  // 4500: organisations
  case siteName = 4501
  case siteHost = 4502
  case sitePerson = 4503
  case siteFlow = 4504
  case siteJourney = 4505

  // 4600: setup
  case setupAnswer = 4601
  case setupRoute = 4602
  case daemonSetting = 4603
  case setupBackup = 4604
  case noTerminal = 4605
  case cannotReload = 4606

  // 5000: Postfix
  case postfixSyntax = 5001
  case postfixOverridden = 5002
  case postfixUnknownParameter = 5003
  case postfixUndefined = 5004
  case postfixBadExpression = 5005
  case postfixServiceSyntax = 5006
  case postfixTableType = 5007
  case postfixTableSyntax = 5008
  case postfixTableDuplicate = 5009
  case postfixTablePattern = 5010
  case postfixTableOpen = 5011
  case postfixValue = 5012
  case postfixRestriction = 5013

  // 4000: site files and the macro library
  case unknownLibraryName = 4001
  case unknownOptionName = 4002
  case libraryMessage = 4003
  case nothingCompiled = 4004
  case unknownMacro = 4005
  case repeatedFeature = 4006
  case strayText = 4007
  case wrongQuotes = 4008

  // 6000: translation
  case translationTableMissing = 6001
  case translationRepeatedKey = 6002
  case translationOpenRelay = 6003
  case unusedTable = 6004

  // 7000: comparison
  case badEnvelopeLine = 7001

  // 8000: the mail queue
  case queueMessageLost = 8001
  case queueRecordDamaged = 8002
  case queueSegmentLost = 8003

  // 9000: the runtime
  case runtimeFailure = 9001

  // 9500: YAML files; 9600: the routing tests in them
  case yamlSyntax = 9501
  case yamlLimit = 9502
  case yamlRepeatedKey = 9503
  case yamlUnknownKey = 9504
  case yamlMissingKey = 9505
  case yamlWrongType = 9506
  case yamlBadValue = 9507
  case routeExpectation = 9601
  case zoneSyntax = 9602

  /// As people see it, for instance `WB1042`.
  package var label: String { "WB\(rawValue)" }

  /// The name in code, for instance `cannotRead`.
  package var name: String { String(describing: self) }
}
